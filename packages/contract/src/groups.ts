import { z } from 'zod';
import { pageInput, pageOf } from './page.ts';
import { repeatableInput } from './repeatable.ts';
import { settlementOf, settlementSchema, waitInput } from './settlement.ts';
import { descriptionSchema, idSchema } from './text.ts';

export const groupViewSchema = z.object({
  groupId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  policyIds: z.array(z.string()),
  memberIds: z.array(z.string()),
  revision: z.number().int(),
});
export type GroupView = z.infer<typeof groupViewSchema>;

const groupNameSchema = z.string().min(1).max(128);
const idsSchema = z.array(idSchema).max(1_000);

export const groupsContract = {
  list: { type: 'query', input: z.strictObject(pageInput).prefault({}), output: pageOf(groupViewSchema) },
  get: { type: 'query', input: z.strictObject({ groupId: idSchema }), output: groupViewSchema },
  create: {
    type: 'mutation',
    input: z.strictObject({
      name: groupNameSchema,
      description: descriptionSchema.optional(),
      policyIds: idsSchema.default([]),
      memberIds: idsSchema.default([]),
      ...repeatableInput,
    }),
    output: groupViewSchema,
  },
  update: {
    type: 'mutation',
    input: z.strictObject({
      groupId: idSchema,
      revision: z.number().int(),
      name: groupNameSchema.optional(),
      description: descriptionSchema.nullable().optional(),
      policyIds: idsSchema.optional(),
      memberIds: idsSchema.optional(),
      ...waitInput,
      ...repeatableInput,
    }),
    output: settlementOf({ group: groupViewSchema }),
  },
  remove: {
    type: 'mutation',
    input: z.strictObject({ groupId: idSchema, ...waitInput, ...repeatableInput }),
    output: settlementSchema,
  },
  clone: {
    type: 'mutation',
    input: z.strictObject({ groupId: idSchema, name: groupNameSchema, ...repeatableInput }),
    output: groupViewSchema,
  },
} as const;
