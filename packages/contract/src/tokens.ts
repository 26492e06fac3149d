import { z } from 'zod';
import { witnessViewSchema } from './difference.ts';
import { pageInput, pageOf } from './page.ts';
import { permissionsInputSchema, permissionsViewSchema } from './permissions.ts';
import { repeatableInput } from './repeatable.ts';
import { settlementOf, waitInput } from './settlement.ts';
import {
  descriptionSchema,
  idSchema,
  instantSchema,
  instantViewSchema,
  nameSchema,
  reasonSchema,
  tokenIdSchema,
} from './text.ts';

export const tokenKindSchema = z.enum(['personal', 'service']);

/** In words, for people; `expired` is read from the clock, the others from the row. */
export const tokenStatusSchema = z.enum(['pending', 'active', 'inactive', 'expired', 'revoked']);

export const secretViewSchema = z.object({
  number: z.number().int(),
  hint: z.string(),
  createdAt: instantViewSchema,
  supersededAt: instantViewSchema.nullable(),
  /** End of the grace period of a superseded secret. */
  acceptedUntil: instantViewSchema.nullable(),
  firstUsedAt: instantViewSchema.nullable(),
  /** At most a minute late; where from and by which client (User-Agent), as far as that is known. */
  lastUsedAt: instantViewSchema.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedClient: z.string().nullable(),
  /** The grace period ends early once the newest secret is in use and this one has been silent for so long. */
  cutWhenSilentMs: z.number().int().nullable(),
});

/** A token as those who may see it see it. There is no field that could hold a secret or a digest (SECRET-ONCE). */
export const tokenViewSchema = z.object({
  tokenId: z.string(),
  kind: tokenKindSchema,
  name: z.string(),
  description: z.string().nullable(),
  status: tokenStatusSchema,
  ownerId: z.string().nullable(),
  issuer: z.object({
    type: z.enum(['member', 'token']),
    id: z.string(),
    /** As the host has it now; `null` where the host no longer knows it. */
    name: z.string().nullable(),
    removed: z.boolean(),
  }),
  parentTokenId: z.string().nullable(),
  project: z.string().nullable(),
  permissions: permissionsViewSchema,
  addressRanges: z.array(z.string()),
  createdAt: instantViewSchema,
  expiresAt: instantViewSchema.nullable(),
  deactivatedAt: instantViewSchema.nullable(),
  deactivatedBecause: z.enum(['asked', 'owner_removed', 'late_use', 'idle']).nullable(),
  revokedAt: instantViewSchema.nullable(),
  /** The newest of the secrets' last uses. */
  lastUsedAt: instantViewSchema.nullable(),
  /** The last characters of the newest secret. */
  hint: z.string(),
  /** Live ones, newest first, at most two. */
  secrets: z.array(secretViewSchema),
  revision: z.number().int(),
});
export type TokenView = z.infer<typeof tokenViewSchema>;

/** The one answer in which a token's text leaves the API; sent with `Cache-Control: no-store`. */
const revealShape = { token: tokenViewSchema, tokenText: z.string() };
const revealSchema = z.object(revealShape);

const stoppedSchema = settlementOf({ token: tokenViewSchema });

const stateInput = z.strictObject({ tokenId: tokenIdSchema, reason: reasonSchema.optional(), ...repeatableInput });
const stopInput = stateInput.extend(waitInput);

export const tokensContract = {
  issue: {
    type: 'mutation',
    input: z.strictObject({
      kind: tokenKindSchema.default('personal'),
      name: nameSchema,
      description: descriptionSchema.optional(),
      /** Key of a project that the token identifies; the issuer needs access to it. */
      project: z.string().min(1).max(256).optional(),
      /** Personal: `inherit` where left out. Service: must be given. */
      permissions: permissionsInputSchema.optional(),
      /** Left out: as the organization's settings say, else none; `null`: none. */
      expiresAt: instantSchema.nullable().optional(),
      addressRanges: z.array(z.string().max(64)).max(100).default([]),
      ...repeatableInput,
    }),
    output: revealSchema,
  },
  /** A new token with the same permissions, or narrower ones, under a new name. What is left out is taken over; `null` takes it away. */
  clone: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      name: nameSchema,
      description: descriptionSchema.nullable().optional(),
      /** Narrower ones than the original's: refused where the original doesn't cover them. */
      permissions: permissionsInputSchema.optional(),
      project: z.string().min(1).max(256).nullable().optional(),
      expiresAt: instantSchema.nullable().optional(),
      addressRanges: z.array(z.string().max(64)).max(100).optional(),
      ...repeatableInput,
    }),
    output: revealSchema,
  },
  /** A page that searches names may have fewer items than asked for, or none, and go on: only `nextCursor` says it is the last. */
  list: {
    type: 'query',
    input: z
      .strictObject({
        nameContains: z.string().max(128).optional(),
        kind: tokenKindSchema.optional(),
        issuerId: idSchema.optional(),
        ownerId: idSchema.optional(),
        status: tokenStatusSchema.exclude(['pending']).optional(),
        sort: z.enum(['createdAt', 'name', 'expiresAt', 'lastUsedAt']).default('createdAt'),
        direction: z.enum(['asc', 'desc']).default('desc'),
        ...pageInput,
      })
      .prefault({}),
    output: pageOf(tokenViewSchema),
  },
  get: { type: 'query', input: z.strictObject({ tokenId: tokenIdSchema }), output: tokenViewSchema },
  /** Whose token it is: takes the public id, which stands between the kind and the secret of a token's text. */
  locate: {
    type: 'query',
    input: z.strictObject({ tokenId: tokenIdSchema }),
    output: z.object({
      tokenId: z.string(),
      kind: tokenKindSchema,
      name: z.string(),
      status: tokenStatusSchema,
      /** Of a personal token. `name` is `null` where the host no longer knows the member. */
      owner: z.object({ id: z.string(), name: z.string().nullable(), removed: z.boolean() }).nullable(),
      issuer: tokenViewSchema.shape.issuer,
      lastUsedAt: instantViewSchema.nullable(),
    }),
  },
  /** For a form: whether a name is free, and what is wrong with it. Issuing decides again, without a race. */
  isNameTaken: {
    type: 'query',
    input: z.strictObject({ name: z.string().max(512), kind: tokenKindSchema.default('personal') }),
    /** `problems`: codes of what the name breaks; empty for one that may be used. */
    output: z.object({ taken: z.boolean(), problems: z.array(z.string()) }),
  },
  rename: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      name: nameSchema,
      revision: z.number().int().optional(),
      ...repeatableInput,
    }),
    output: tokenViewSchema,
  },
  describe: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      description: descriptionSchema.nullable(),
      revision: z.number().int().optional(),
      ...repeatableInput,
    }),
    output: tokenViewSchema,
  },
  /** Of a personal token, by its owner; those of a service token are frozen. Counts from the next decision on. */
  changePermissions: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      permissions: permissionsInputSchema,
      revision: z.number().int().optional(),
      ...waitInput,
      ...repeatableInput,
    }),
    output: stoppedSchema,
  },
  /** A later expiry, or `null` for none; the secret stays. */
  extend: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      expiresAt: instantSchema.nullable(),
      revision: z.number().int().optional(),
      ...repeatableInput,
    }),
    output: tokenViewSchema,
  },
  activate: { type: 'mutation', input: stateInput, output: tokenViewSchema },
  deactivate: { type: 'mutation', input: stopInput, output: stoppedSchema },
  revoke: { type: 'mutation', input: stopInput, output: stoppedSchema },
  rotate: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      /** How long the old secret is still accepted, in milliseconds; 24 hours where left out, 0 for not at all. */
      graceMs: z.number().int().min(0).optional(),
      /**
       * Confirm, then cut: the grace period ends early once the new secret is in use and the old one has been silent for
       * so long. At least 5 minutes, because uses are recorded a little late; left out: not before its time.
       */
      cutWhenSilentMs: z.number().int().min(300_000).max(31_622_400_000).optional(),
      /** During a grace period: end the oldest secret now instead of refusing. */
      cutOlder: z.boolean().default(false),
      ...waitInput,
      ...repeatableInput,
    }),
    output: settlementOf(revealShape),
  },
  /**
   * A service token takes over from a personal one, with a secret of its own and permissions that the caller covers. The
   * personal one goes on until its owner is removed, or until a chosen instant.
   */
  handOver: {
    type: 'mutation',
    input: z.strictObject({
      tokenId: tokenIdSchema,
      name: nameSchema,
      description: descriptionSchema.nullable().optional(),
      /** Left out: what the personal token may do now, as far as a service token may have it. */
      permissions: permissionsInputSchema.optional(),
      project: z.string().min(1).max(256).nullable().optional(),
      /** Left out: as issuing says; the personal token's expiry is not taken over. `null`: none. */
      expiresAt: instantSchema.nullable().optional(),
      addressRanges: z.array(z.string().max(64)).max(100).optional(),
      /** The personal token expires then at the latest. */
      until: instantSchema.optional(),
      ...waitInput,
      ...repeatableInput,
    }),
    output: settlementOf(revealShape),
  },
  /**
   * Deactivates or revokes every token that fits the filter and that the caller may stop, at most 500 in one call: while
   * `done` is false the same call with `resume` goes on, as one run with one report. The token that calls is left out. With
   * `dryRun` it lists what would be hit.
   */
  bulk: {
    type: 'mutation',
    input: z.strictObject({
      action: z.enum(['deactivate', 'revoke']),
      /** At least one criterion; a token fits where all of them do. */
      filter: z
        .strictObject({
          kind: tokenKindSchema.optional(),
          ownerId: idSchema.optional(),
          issuerId: idSchema.optional(),
          nameContains: z.string().min(1).max(128).optional(),
          status: z.enum(['active', 'inactive', 'expired']).optional(),
          /** By the last use, or by the issue of one that was never used. */
          unusedForDays: z.number().int().min(1).max(36_500).optional(),
          expiringWithinDays: z.number().int().min(1).max(36_500).optional(),
          /**
           * Could not be issued like this now: a personal token that names what its owner doesn't have any more, a service
           * token that its issuer doesn't cover any more.
           */
          overPrivileged: z.literal(true).optional(),
        })
        .refine((filter) => Object.values(filter).some((value) => value !== undefined)),
      dryRun: z.boolean().default(false),
      /** `resume` of the answer before, with the same action, filter and `dryRun`; `CURSOR_INVALID` otherwise. */
      resume: z.string().max(1_024).optional(),
      /** How many this call of the dry run has counted; refused where it is another number now (`CONFLICT`). */
      expectedCount: z.number().int().min(0).optional(),
      reason: reasonSchema.optional(),
      ...waitInput,
    }),
    output: settlementOf({
      dryRun: z.boolean(),
      /** Of the run: its audit events have it in their details. */
      bulkId: z.string(),
      /** All that this call has found, the oldest first. */
      items: z.array(
        z.object({
          tokenId: z.string(),
          name: z.string(),
          kind: tokenKindSchema,
          ownerId: z.string().nullable(),
          lastUsedAt: instantViewSchema.nullable(),
          expiresAt: instantViewSchema.nullable(),
          /** With `overPrivileged`: a request that it allows and could not be given now, for who may see the token. */
          exceeds: witnessViewSchema.nullable(),
          /** `left`: used or changed since it was found, so that it is no longer what was asked for. */
          outcome: z.enum(['would_stop', 'stopped', 'left']),
        }),
      ),
      /** By this call, as the two below. */
      stoppedCount: z.number().int(),
      /** Fitting ones that the caller may not stop. */
      skippedCount: z.number().int(),
      /** Of which could not be decided whether they have too much: they are not stopped. */
      undecidedCount: z.number().int(),
      done: z.boolean(),
      /** With which the same call goes on; `null` where it is done. */
      resume: z.string().nullable(),
    }),
  },
  /** Ends the grace period of the superseded secret now. */
  cutGracePeriod: { type: 'mutation', input: stopInput, output: stoppedSchema },
} as const;
