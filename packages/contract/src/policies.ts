import { z } from 'zod';
import { differencesViewSchema, touchedTokenSchema } from './difference.ts';
import { pageInput, pageOf } from './page.ts';
import { statementInputSchema } from './permissions.ts';
import { repeatableInput } from './repeatable.ts';
import { settlementOf, settlementSchema, waitInput } from './settlement.ts';
import { statementViewSchema } from './statement.ts';
import { descriptionSchema, idSchema } from './text.ts';

export const policyRecordViewSchema = z.object({
  policyId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  builtIn: z.boolean(),
  statements: z.array(statementViewSchema),
  revision: z.number().int(),
});
export type PolicyRecordView = z.infer<typeof policyRecordViewSchema>;

const policyNameSchema = z.string().min(1).max(128);
const statementsSchema = z.array(statementInputSchema).min(1).max(1_000);

export const policiesContract = {
  list: { type: 'query', input: z.strictObject(pageInput).prefault({}), output: pageOf(policyRecordViewSchema) },
  get: { type: 'query', input: z.strictObject({ policyId: idSchema }), output: policyRecordViewSchema },
  create: {
    type: 'mutation',
    input: z.strictObject({
      name: policyNameSchema,
      description: descriptionSchema.optional(),
      statements: statementsSchema,
      ...repeatableInput,
    }),
    output: policyRecordViewSchema,
  },
  update: {
    type: 'mutation',
    input: z.strictObject({
      policyId: idSchema,
      revision: z.number().int(),
      name: policyNameSchema.optional(),
      description: descriptionSchema.nullable().optional(),
      statements: statementsSchema.optional(),
      ...waitInput,
      ...repeatableInput,
    }),
    output: settlementOf({ policy: policyRecordViewSchema }),
  },
  /** Whom an edit would touch, before it is made. A mutation to tRPC because of its size; it changes nothing. */
  previewUpdate: {
    type: 'mutation',
    input: z.strictObject({ policyId: idSchema, statements: z.array(statementInputSchema).max(1_000) }),
    output: z.object({
      /** What is wrong with the statements; empty where `update` would take them. */
      problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
      /**
       * What changes for the members that have it, by all of their policies together (a deny that goes gives what others
       * allow); where nobody has it, what its text alone gives and takes. `null` while there are problems.
       */
      differences: differencesViewSchema.nullable(),
      /** Active members to whom the policy applies, at most 100. */
      members: z.object({
        items: z.array(z.object({ memberId: z.string(), name: z.string() })),
        total: z.number().int(),
      }),
      /**
       * Personal tokens of theirs that are neither revoked nor expired, at most 100, those that lose something first: what
       * they may do is bounded by the policy. `effect` is `undecided` while there are problems.
       */
      tokens: z.object({ items: z.array(touchedTokenSchema), total: z.number().int() }),
    }),
  },
  remove: {
    type: 'mutation',
    input: z.strictObject({ policyId: idSchema, ...waitInput, ...repeatableInput }),
    output: settlementSchema,
  },
  clone: {
    type: 'mutation',
    input: z.strictObject({ policyId: idSchema, name: policyNameSchema, ...repeatableInput }),
    output: policyRecordViewSchema,
  },
} as const;
