import { z } from 'zod';
import { pageInput, pageOf } from './page.ts';
import { idSchema, instantSchema, instantViewSchema } from './text.ts';

export const auditEventViewSchema = z.object({
  eventId: z.string(),
  at: instantViewSchema,
  actor: z.object({ type: z.enum(['member', 'token', 'credential', 'worker', 'operator']), id: z.string() }),
  action: z.string(),
  target: z.object({ type: z.string(), id: z.string() }),
  reason: z.string().nullable(),
  address: z.string().nullable(),
  client: z.string().nullable(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEventView = z.infer<typeof auditEventViewSchema>;

export const auditContract = {
  list: {
    type: 'query',
    input: z
      .strictObject({
        action: z.string().max(64).optional(),
        actorId: idSchema.optional(),
        targetId: idSchema.optional(),
        from: instantSchema.optional(),
        to: instantSchema.optional(),
        ...pageInput,
      })
      .prefault({}),
    output: pageOf(auditEventViewSchema),
  },
} as const;
