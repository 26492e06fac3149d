import { z } from 'zod';
import { tokenViewSchema } from './tokens.ts';

/** Who is calling, by session or by token. */
export const whoamiSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('member'),
    organization: z.object({ id: z.string(), name: z.string() }),
    member: z.object({ id: z.string(), name: z.string(), email: z.string(), locale: z.string() }),
  }),
  z.object({
    type: z.literal('token'),
    organization: z.object({ id: z.string(), name: z.string() }),
    /** The owner of a personal token; `null` for a service token. */
    member: z.object({ id: z.string(), name: z.string(), email: z.string(), locale: z.string() }).nullable(),
    token: tokenViewSchema,
  }),
]);

export const selfContract = {
  whoami: { type: 'query', input: z.void(), output: whoamiSchema },
  /** Ends the session that calls; a token has none to end. */
  signOut: { type: 'mutation', input: z.void(), output: z.object({ signedOut: z.literal(true) }) },
} as const;
