import { z } from 'zod';

export const statementViewSchema = z.object({
  effect: z.enum(['allow', 'deny']),
  actions: z.array(z.string()).optional(),
  notActions: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  notResources: z.array(z.string()).optional(),
  resourceType: z.string().optional(),
  id: z.string().optional(),
  description: z.string().optional(),
});
export type StatementView = z.infer<typeof statementViewSchema>;

/** Whose permissions: the token's own or its owner's. */
export const layerSchema = z.enum(['token', 'owner']);
