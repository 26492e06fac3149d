import { z } from 'zod';
import { decisionViewSchema } from './permissions.ts';
import { requestSchema } from './request.ts';
import { idSchema, presentedTokenSchema } from './text.ts';

/** What a verified HTTP request yields; never the secret. */
export const verifiedTokenSchema = z.object({
  tokenId: z.string(),
  kind: z.enum(['personal', 'service']),
  name: z.string(),
  organizationId: z.string(),
  project: z.string().nullable(),
  ownerId: z.string().nullable(),
});

/**
 * Accepted, or refused with the HTTP status that the sibling service shall answer. A 401 has no reason: whoever has not
 * proved the secret learns nothing of a token's state (PROOF-FIRST).
 */
export const verdictViewSchema = z.union([
  z.object({ accepted: z.literal(true), token: verifiedTokenSchema }),
  z.object({ accepted: z.literal(false), status: z.literal(401) }),
  z.object({
    accepted: z.literal(false),
    status: z.literal(403),
    reason: z.enum(['owner_removed', 'inactive', 'address']),
  }),
]);
export type VerdictView = z.infer<typeof verdictViewSchema>;

export const verifyInput = z.strictObject({
  presentedToken: presentedTokenSchema,
  /** Refuse every other organization's tokens like unknown ones (TENANT-WALL). */
  organizationId: idSchema.optional(),
  /** Where the holder calls from, as the sibling service sees it; needed for tokens with address ranges. */
  address: z.string().max(64).optional(),
  /** The holder's User-Agent. */
  client: z.string().max(512).optional(),
});

/** Both are mutations to tRPC, though they change nothing: a query's input stands in the URL, and so in access logs. */
export const verifyContract = {
  verify: { type: 'mutation', input: verifyInput, output: verdictViewSchema },
  decide: {
    type: 'mutation',
    input: verifyInput.extend({ request: requestSchema }),
    /** `decision` only where the token was accepted. */
    output: z.object({ verdict: verdictViewSchema, decision: decisionViewSchema.nullable() }),
  },
} as const;
