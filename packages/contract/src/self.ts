import { z } from 'zod';
import { witnessViewSchema } from './difference.ts';
import { permissionsViewSchema } from './permissions.ts';
import { tokensContract, tokenViewSchema } from './tokens.ts';

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
  /** The calling token replaces its own secret. With the newest one only; a superseded one repeats its own rotation. */
  rotate: {
    type: 'mutation',
    input: tokensContract.rotate.input.omit({ tokenId: true }).prefault({}),
    output: tokensContract.rotate.output,
  },
  /** The calling token ends itself, for good. */
  revoke: {
    type: 'mutation',
    input: tokensContract.revoke.input.omit({ tokenId: true }).prefault({}),
    output: tokensContract.revoke.output,
  },
  /** What the caller may do now, all of its layers together, action by action of the catalogue. */
  effectivePermissions: {
    type: 'query',
    input: z.void(),
    output: z.object({
      /** What a token was given of its own; `null` for a member. */
      permissions: permissionsViewSchema.nullable(),
      actions: z.array(
        z.object({
          resourceType: z.string(),
          action: z.string(),
          access: z.enum(['read', 'write', 'metrics', 'admin']),
          /** On all resources of the type, on some (`example` is one), on none; `undecided` where the budget ran out. */
          allowed: z.enum(['all', 'some', 'none', 'undecided']),
          example: witnessViewSchema.nullable(),
        }),
      ),
    }),
  },
  /** Ends the session that calls; a token has none to end. */
  signOut: { type: 'mutation', input: z.void(), output: z.object({ signedOut: z.literal(true) }) },
} as const;
