import { z } from 'zod';

/** What a verified HTTP request yields; never the secret. */
export const verifiedTokenSchema = z.object({
  tokenId: z.string(),
  kind: z.enum(['personal', 'service']),
  name: z.string(),
  organizationId: z.string(),
  project: z.string().nullable(),
  ownerId: z.string().nullable(),
});
