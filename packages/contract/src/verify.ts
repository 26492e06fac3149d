import { z } from 'zod';
import { decisionViewSchema } from './permissions.ts';
import { requestSchema } from './request.ts';
import { idSchema, presentedTokenSchema } from './text.ts';
import { verifiedTokenSchema } from './verified-token.ts';
import { lookUpInput, lookUpOutput, pollInput, pollOutput } from './verifying.ts';

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
  /** Findings, for a sibling service that keeps them coherent by `poll`. */
  lookUp: { type: 'mutation', input: lookUpInput, output: lookUpOutput },
  /** What a sibling service has missed, under a lease. */
  poll: { type: 'mutation', input: pollInput, output: pollOutput },
  /** Says that there may be something to poll: a wake-up, and nothing that could be relied on. */
  subscribe: { type: 'subscription', input: z.void(), output: z.object({ version: z.number().int() }) },
} as const;
