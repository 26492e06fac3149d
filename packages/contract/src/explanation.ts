import { z } from 'zod';
import { requestSchema } from './request.ts';
import { layerSchema, statementViewSchema } from './statement.ts';
import { idSchema, instantSchema, instantViewSchema, tokenIdSchema } from './text.ts';

/** BCP 47; what explanations are worded in. */
export const languageSchema = z.enum(['en', 'zh-CN', 'ja']);

/** One thing that kept a statement from matching. Segments are counted from 0 here, from 1 in the words. */
export const missingViewSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('action'), wanted: z.array(z.string()) }),
  z.object({ what: z.literal('excluded_action'), excluded: z.array(z.string()) }),
  z.object({ what: z.literal('excluded_resource'), pattern: z.string() }),
  z.object({ what: z.literal('depth'), pattern: z.string(), wanted: z.number().int(), found: z.number().int() }),
  z.object({
    what: z.literal('path'),
    pattern: z.string(),
    segment: z.number().int(),
    wanted: z.string(),
    found: z.string(),
  }),
  z.object({
    what: z.literal('tags'),
    pattern: z.string(),
    segment: z.number().int(),
    wanted: z.array(z.string()),
    /** Whether one of them would do. */
    any: z.boolean(),
    /** Whether the request left them out. */
    unknown: z.boolean(),
  }),
  z.object({
    what: z.literal('properties'),
    pattern: z.string(),
    segment: z.number().int(),
    wanted: z.record(z.string(), z.string()),
    unknown: z.boolean(),
  }),
]);

/** A statement and what it did, as data and in words. */
const explainedStatementSchema = z.object({
  effect: z.enum(['allow', 'deny']),
  /** `null` for a token's own statements: they stand in no policy. */
  policy: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
  /** Its place among the statements there, from 1. */
  number: z.number().int(),
  /** Nobody wrote it: it keeps wildcards from giving a token the actions that manage tokens. */
  added: z.boolean(),
  statement: statementViewSchema,
  says: z.string(),
});

export const explainedLayerSchema = z.object({
  /** Whose permissions: the token's own or its owner's; a member without a token is its own owner. */
  layer: layerSchema,
  /**
   * `hidden`: the caller may not see these permissions, and the decision doesn't show what they said. `unknown`: what they
   * were at that instant wasn't kept.
   */
  outcome: z.enum(['allow', 'deny', 'hidden', 'unknown']),
  because: z.enum(['explicit_deny', 'no_allow']).nullable(),
  says: z.string(),
  /** At most 50 of each list, those that count for the outcome first; none where the caller may not see them. */
  matched: z.array(explainedStatementSchema),
  matchedCount: z.number().int(),
  nearMisses: z.array(explainedStatementSchema.extend({ missing: missingViewSchema })),
  nearMissCount: z.number().int(),
});

export const explainContract = {
  // A mutation to tRPC, though it changes nothing: what somebody wants to do shall stand in no access log.
  type: 'mutation',
  input: z
    .strictObject({
      /** Whose: a token's, a member's, or, where both are left out, the caller's own. */
      tokenId: tokenIdSchema.optional(),
      memberId: idSchema.optional(),
      request: requestSchema,
      /** An instant in the past, as far as permissions of then were kept; now where left out. */
      at: instantSchema.optional(),
      /** Of a token: the last 4 characters of the text that was presented, by which lists tell its secrets. */
      hint: z
        .string()
        .regex(/^[0-9A-Za-z]{4}$/u)
        .optional(),
      /** Of a token: from where it was presented. Ranges are not judged where it is left out. */
      address: z.string().max(64).optional(),
      language: languageSchema.default('en'),
    })
    .refine(({ tokenId, memberId }) => tokenId === undefined || memberId === undefined, {
      message: 'Give a token or a member.',
      path: ['memberId'],
    })
    .refine(({ memberId, hint, address }) => memberId === undefined || (hint === undefined && address === undefined), {
      message: 'A member presents no secret and has no address ranges.',
      path: ['memberId'],
    }),
  output: z.object({
    /** The instant that it speaks of. */
    at: instantViewSchema,
    action: z.string(),
    /** The resource as it was asked about. */
    resource: z.string(),
    outcome: z.enum(['allow', 'deny', 'unknown']),
    /** What refused; `null` where nothing did, or where nobody knows. A state refuses whatever the layers say. */
    decidedBy: z
      .enum([
        'not_issued',
        'wrong_secret',
        'superseded',
        'revoked',
        'recalled',
        'expired',
        'owner_removed',
        'member_removed',
        'pending',
        'inactive',
        /** Deactivated by a setting: unused for too long, or an old secret was used. */
        'setting',
        'address',
        'token',
        'owner',
      ])
      .nullable(),
    because: z.enum(['explicit_deny', 'no_allow']).nullable(),
    says: z.string(),
    layers: z.array(explainedLayerSchema),
    /** What to do about a refusal, the most useful first. */
    advice: z.array(z.string()),
  }),
} as const;

export type ExplainedLayerView = z.infer<typeof explainedLayerSchema>;
export type MissingView = z.infer<typeof missingViewSchema>;
