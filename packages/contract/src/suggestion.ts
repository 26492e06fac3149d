import { z } from 'zod';
import { differencesViewSchema } from './difference.ts';
import { statementViewSchema } from './statement.ts';
import { instantViewSchema, tokenIdSchema } from './text.ts';

/**
 * How far a suggestion may go beyond the names that were used: not at all, to all keys of the last segment's type
 * (`project/a:flag/*`), or to all keys of every segment (`project/*:flag/*`).
 */
export const generalitySchema = z.enum(['exact', 'last_key', 'every_key']);
export type Generality = z.infer<typeof generalitySchema>;

const count = z.number().int();

/** Decisions that were counted together: `resource` is a pattern then, and `action` may be `*`. */
const countedRequestSchema = z.object({
  action: z.string(),
  resource: z.string(),
  folded: z.boolean(),
  decisionCount: count,
});

export const suggestContract = {
  type: 'query',
  input: z.strictObject({
    tokenId: tokenIdSchema,
    /** How far to look back, in UTC days; further than counts are kept, nothing is found. */
    days: z.number().int().min(1).max(366).default(30),
    generality: generalitySchema.default('exact'),
  }),
  output: z.object({
    tokenId: z.string(),
    kind: z.enum(['personal', 'service']),
    revision: count,
    days: count,
    /** Begin of the first day in these on which something was counted; `null`: nothing was, and nothing is proposed. */
    since: instantViewSchema.nullable(),
    /** Decisions on what the token was not allowed: they ask for nothing to be kept. */
    deniedCount: count,
    /** At least as general as asked for: more so where a token's limits would not hold what was used. */
    generality: generalitySchema,
    /** What the token would be able to do instead; never more than it may do now. */
    statements: z.array(statementViewSchema),
    /** Whether it would be able to do less. */
    narrower: z.boolean(),
    /** The counted decisions, put to the proposal before it is offered. */
    replay: z.object({
      /** Those that allowed, and that the present permissions would still allow. */
      decisionCount: count,
      refusedCount: count,
      /** Counted together, so that it isn't known which of them would have been refused. */
      uncertainCount: count,
      /** Those that allowed then, and that the present permissions refuse already. */
      refusedAlreadyCount: count,
      /** Which would have been, the most frequent first, at most 20. */
      refused: z.array(countedRequestSchema),
      uncertain: z.array(countedRequestSchema),
      /** Whether every decision was counted by its own name. */
      exact: z.boolean(),
    }),
    /** Each action of the catalogue that the token may use on something now, with how often it did. */
    actions: z.array(
      z.object({
        action: z.string(),
        resourceType: z.string(),
        decisionCount: count,
        /** Whether the proposal has it. */
        kept: z.boolean(),
      }),
    ),
    /** What it would lose; `null` to a caller that isn't shown the owner's policies. */
    differences: differencesViewSchema.nullable(),
  }),
} as const;
export type SuggestionView = z.infer<typeof suggestContract.output>;
