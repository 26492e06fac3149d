import { z } from 'zod';
import { layerSchema, statementViewSchema } from './statement.ts';
import { idSchema, presentedTokenSchema, tokenIdSchema } from './text.ts';
import { verifiedTokenSchema } from './verified-token.ts';

/**
 * "Everything that is visible in this snapshot of this incarnation has been taken into account." Both empty where the node
 * vouches for nothing at that moment: its answer counts for this verification and may not be kept.
 */
export const coherenceSchema = z.object({ incarnation: z.string(), snapshot: z.string() });

/** What a verifier must forget. */
export const changeSchema = z.discriminatedUnion('subject', [
  z.object({ subject: z.literal('token'), organizationId: z.string(), id: z.string() }),
  z.object({ subject: z.literal('owner'), organizationId: z.string(), id: z.string() }),
  z.object({ subject: z.literal('organization'), organizationId: z.string() }),
  z.object({ subject: z.literal('permissions'), organizationId: z.string() }),
  z.object({ subject: z.literal('installation') }),
]);

/**
 * Permissions of one layer as policies, for a sibling service to compile; equal ones have equal keys. Strict down to the
 * statements (FAIL-CLOSED): what a newer node says in addition may narrow them, and without it they would allow more.
 */
export const portableLayerSchema = z.strictObject({
  layer: layerSchema,
  /** A digest of the other fields but `layer`. */
  key: z.string(),
  dialect: z.enum(['featbit', 'launchdarkly']),
  policies: z.array(
    z.strictObject({
      id: z.string().optional(),
      name: z.string(),
      statements: z.array(z.strictObject(statementViewSchema.shape)),
    }),
  ),
  attributes: z.record(z.string(), z.array(z.string())),
});
export type PortableLayer = z.infer<typeof portableLayerSchema>;

const aboutSchema = z.strictObject({
  organizationId: z.string(),
  tokenId: z.string(),
  ownerId: z.string().nullable(),
  dependsOnPermissions: z.boolean(),
  /** What is left, in milliseconds, of how old this may become. */
  maxAgeMs: z.number(),
});

/**
 * What a look-up has found out. A 401 has no reason (PROOF-FIRST), and of a token that isn't known nothing is told. Strict:
 * a condition that isn't understood is not met (FAIL-CLOSED).
 */
export const findingSchema = z.discriminatedUnion('outcome', [
  /** `impossible`: no key of the node has minted it. Told only to whoever may hear of every organization (TENANT-WALL). */
  z.object({ outcome: z.literal('unknown'), impossible: z.literal(true).optional() }),
  /** Nobody could be asked about this one: it is not refused, and never kept. */
  z.object({ outcome: z.literal('unavailable') }),
  z.object({
    outcome: z.literal('refused'),
    status: z.union([z.literal(401), z.literal(403)]),
    reason: z.enum(['owner_removed', 'inactive']).optional(),
    about: aboutSchema,
  }),
  z.strictObject({
    outcome: z.literal('accepted'),
    about: aboutSchema,
    secretNumber: z.number().int(),
    superseded: z.boolean(),
    /** Expiry or the end of the grace period, whichever is first; milliseconds since 1970. */
    until: z.number().nullable(),
    /** CIDR; an empty list means any address. The sibling service judges them, for whom the answer was asked too. */
    addressRanges: z.array(z.string()),
    token: verifiedTokenSchema,
    layers: z.array(portableLayerSchema),
    /** False where the answer is for this presentation alone. */
    keep: z.boolean(),
  }),
]);
export type FindingView = z.infer<typeof findingSchema>;

const addressSchema = z.string().max(64);
const clientSchema = z.string().max(512);

export const lookUpInput = z.strictObject({
  tokens: z
    .array(
      z.strictObject({
        presentedToken: presentedTokenSchema,
        address: addressSchema.optional(),
        client: clientSchema.optional(),
      }),
    )
    .min(1)
    .max(64),
});

export const lookUpOutput = z.object({
  /** In the order of the question. */
  answers: z.array(z.object({ finding: findingSchema, coherence: coherenceSchema })),
});

/** The same before any finding is read: one that isn't understood says nothing against the others. */
export const lookUpEnvelope = z.object({
  answers: z.array(z.object({ finding: z.unknown(), coherence: coherenceSchema })),
});

/** More in one telling than anybody decides: a count is a number of decisions, and no way to make one up at will. */
const countSchema = z.number().int().min(0).max(1_000_000_000);

const decisionCountSchema = z.strictObject({
  organizationId: idSchema,
  tokenId: tokenIdSchema,
  action: z.string().min(1).max(256),
  /** A name with its tags; where `folded`, a pattern of names that are counted together. */
  resource: z.string().min(1).max(256),
  folded: z.boolean(),
  allowedCount: countSchema,
  deniedCount: countSchema,
});

export const pollInput = z.strictObject({
  /** `null` at the beginning, and whenever the cache was dropped. `version`: what has been applied. */
  registration: z.strictObject({ id: idSchema, version: z.number().int().min(0) }).nullable(),
  /** Last uses since they were told before. */
  uses: z
    .array(
      z.strictObject({
        organizationId: idSchema,
        tokenId: tokenIdSchema,
        secretNumber: z.number().int().min(1).max(1_000_000),
        /** Milliseconds since 1970; never later than it is told. */
        at: z.number().int().min(0),
        address: addressSchema.nullable(),
        client: clientSchema.nullable(),
      }),
    )
    .max(1_000)
    .optional(),
  /** What was decided since it was told before, counted by token, action and resource. */
  decisions: z.array(decisionCountSchema).max(1_000).optional(),
  /** How long the answer may wait for something new; answered at once where left out. */
  waitMs: z.number().int().min(0).max(1_000).optional(),
  /** Nothing is answered from memory any more: no stop has to wait for this registration, which ends. */
  leaving: z.boolean().optional(),
});

export const pollOutput = z.object({
  /** Another one than before: another process, which knows nothing of what the former has granted. */
  nodeId: z.string(),
  registrationId: z.string(),
  coherence: coherenceSchema,
  /** To be told with the next poll, once `changes` have been applied. */
  version: z.number().int(),
  changes: z.array(changeSchema),
  /** Everything kept has to be dropped before anything of this answer counts. */
  reset: z.boolean(),
  /** What is left of the node's own lease, counted from the start of the sibling's poll; 0 for none. */
  leaseMs: z.number(),
  /** The database's clock, rather early than late; milliseconds since 1970. */
  now: z.number(),
  /** The node is about to end: look for another one. */
  closing: z.boolean(),
});
