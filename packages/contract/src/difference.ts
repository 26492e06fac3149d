import { z } from 'zod';
import { statementViewSchema } from './statement.ts';
import { idSchema, tokenIdSchema } from './text.ts';

/** A request that one set of permissions allows and the other denies. */
export const witnessViewSchema = z.object({ action: z.string(), resource: z.string() });

/** One for each class of requests: an action and a pattern of a statement whose reach changed. */
const differenceSchema = witnessViewSchema.extend({
  /** The statement that allows it on the one side; its policy has no id where it is no policy of the host. */
  by: z.object({
    policy: z.object({ id: z.string().nullable(), name: z.string() }),
    /** From 1. */
    number: z.number().int(),
    statement: statementViewSchema,
  }),
});

/** What a change gives and takes, at most 100 witnesses each; each is confirmed by the engine on both sides. */
export const differencesViewSchema = z.object({
  gained: z.array(differenceSchema),
  gainedCount: z.number().int(),
  lost: z.array(differenceSchema),
  lostCount: z.number().int(),
  /** Whether there is certainly nothing else: false where the engine's budget ran out. */
  complete: z.boolean(),
});
export type DifferencesView = z.infer<typeof differencesViewSchema>;

/** A token that a change of somebody's permissions may break. */
export const touchedTokenSchema = z.object({
  tokenId: tokenIdSchema,
  name: z.string(),
  ownerId: z.string(),
  ownerName: z.string().nullable(),
  /** `loses`: it may do less, with a request that shows it; `undecided`: the engine's budget ran out. */
  effect: z.enum(['keeps', 'loses', 'undecided']),
  witness: witnessViewSchema.nullable(),
});
export type TouchedTokenView = z.infer<typeof touchedTokenSchema>;

/** One side of a comparison. Named policies and somebody else's are for administrators. */
export const comparedSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('statements'),
    statements: z.array(z.record(z.string(), z.unknown())).max(1_000),
  }),
  z.strictObject({ type: z.literal('policies'), policyIds: z.array(idSchema).max(50) }),
  /** A member's permissions as they stand; the caller's own where no member is named. */
  z.strictObject({ type: z.literal('member'), memberId: idSchema.optional() }),
]);

export const diffContract = {
  type: 'mutation',
  input: z.strictObject({ before: comparedSchema, after: comparedSchema }),
  output: differencesViewSchema,
} as const;
