import { z } from 'zod';
import { differencesViewSchema, touchedTokenSchema } from './difference.ts';
import { pageInput, pageOf } from './page.ts';
import { repeatableInput } from './repeatable.ts';
import { settlementOf, waitInput } from './settlement.ts';
import { idSchema, instantViewSchema, reasonSchema } from './text.ts';

export const memberViewSchema = z.object({
  memberId: z.string(),
  name: z.string(),
  email: z.string(),
  locale: z.string(),
  status: z.enum(['active', 'removed']),
  memberSince: instantViewSchema,
  /** Given directly. */
  policyIds: z.array(z.string()),
  groupIds: z.array(z.string()),
  attributes: z.record(z.string(), z.array(z.string())),
});
export type MemberView = z.infer<typeof memberViewSchema>;

const attributesSchema = z.record(z.string().min(1).max(64), z.array(z.string().max(256)).max(100));

const policiesOfMember = z.strictObject({
  memberId: idSchema,
  policyIds: z.array(idSchema).max(100),
  groupIds: z.array(idSchema).max(100).optional(),
  attributes: attributesSchema.optional(),
});

/** A token that a removal touches, with what is known of who uses it. */
const tokenAtRemovalSchema = z.object({
  tokenId: z.string(),
  name: z.string(),
  status: z.enum(['pending', 'active', 'inactive', 'expired', 'revoked']),
  expiresAt: instantViewSchema.nullable(),
  /** The latest use of any of its secrets, where from and by which client, as far as that is known. */
  lastUsedAt: instantViewSchema.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedClient: z.string().nullable(),
});

/** At most 100 that the caller may see, those used last first; the total counts all. */
const tokensAtRemovalSchema = z.object({ items: z.array(tokenAtRemovalSchema), total: z.number().int() });

export const membersContract = {
  list: {
    type: 'query',
    input: z
      .strictObject({
        search: z.string().max(128).optional(),
        includeRemoved: z.boolean().default(false),
        ...pageInput,
      })
      .prefault({}),
    output: pageOf(memberViewSchema),
  },
  get: { type: 'query', input: z.strictObject({ memberId: idSchema }), output: memberViewSchema },
  add: {
    type: 'mutation',
    input: z.strictObject({
      email: z.email().max(254),
      name: z.string().min(1).max(128),
      locale: z.string().max(35).default('en'),
      policyIds: z.array(idSchema).max(100).default([]),
      groupIds: z.array(idSchema).max(100).default([]),
      attributes: attributesSchema.optional(),
      ...repeatableInput,
    }),
    output: memberViewSchema,
  },
  /** What removing a member would end: its personal tokens, which can be handed over before, and what goes on. */
  previewRemoval: {
    type: 'query',
    input: z.strictObject({ memberId: idSchema }),
    output: z.object({
      /** Personal tokens of the member: they end with its membership, for good. */
      ending: tokensAtRemovalSchema,
      /** Service tokens that the member or a token of its has issued: they go on. */
      goingOn: tokensAtRemovalSchema,
    }),
  },
  remove: {
    type: 'mutation',
    input: z.strictObject({ memberId: idSchema, reason: reasonSchema.optional(), ...waitInput, ...repeatableInput }),
    output: settlementOf({ member: memberViewSchema }),
  },
  /** What `setPolicies` would do, and to which of the member's tokens; refused as it would be. It changes nothing. */
  previewPolicies: {
    type: 'mutation',
    input: policiesOfMember,
    output: z.object({
      differences: differencesViewSchema,
      /** Those of the member that are neither revoked nor expired, at most 100, those that lose something first. */
      tokens: z.object({ items: z.array(touchedTokenSchema), total: z.number().int() }),
    }),
  },
  setPolicies: {
    type: 'mutation',
    input: policiesOfMember.extend(waitInput).extend(repeatableInput),
    output: settlementOf({ member: memberViewSchema }),
  },
} as const;
