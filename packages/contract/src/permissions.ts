import { z } from 'zod';
import { diffContract } from './difference.ts';
import { explainContract } from './explanation.ts';
import { requestSchema } from './request.ts';
import { layerSchema, statementViewSchema } from './statement.ts';
import { suggestContract } from './suggestion.ts';
import { idSchema } from './text.ts';

/**
 * One statement as people write it. Only its outline is checked here: which keys and patterns the organization's dialect
 * allows is said by `parsePolicies`, every problem with its path (`PERMISSIONS_INVALID`).
 */
export const statementInputSchema = z.record(z.string(), z.unknown());

export const policyViewSchema = z.object({
  id: z.string().optional(),
  name: z.string(),
  statements: z.array(statementViewSchema),
});

export const abilitySchema = z.enum(['full_access', 'read', 'write', 'metrics']);

/** What a token shall be able to do. `inherit` and its `manageTokens` are for personal tokens only. */
export const permissionsInputSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('inherit'), manageTokens: z.boolean().default(false) }),
  z.strictObject({
    type: z.literal('ability'),
    ability: abilitySchema,
    project: z.string().min(1).max(256).optional(),
  }),
  z.strictObject({ type: z.literal('policies'), policyIds: z.array(idSchema).min(1).max(50) }),
  z.strictObject({ type: z.literal('statements'), statements: z.array(statementInputSchema).min(1).max(1_000) }),
]);
export type PermissionsInput = z.input<typeof permissionsInputSchema>;

/** What a token may do of its own, shown. For a service token `frozen`, denies included; it never changes. */
export const permissionsViewSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inherit'), manageTokens: z.boolean() }),
  z.object({
    type: z.literal('ability'),
    ability: abilitySchema,
    project: z.string().nullable(),
    statements: z.array(statementViewSchema),
  }),
  z.object({ type: z.literal('policies'), policyIds: z.array(z.string()) }),
  z.object({ type: z.literal('statements'), statements: z.array(statementViewSchema) }),
  z.object({
    type: z.literal('frozen'),
    source: z.discriminatedUnion('type', [
      z.object({ type: z.literal('ability'), ability: abilitySchema, project: z.string().nullable() }),
      z.object({ type: z.literal('policies'), policies: z.array(z.object({ id: z.string(), name: z.string() })) }),
      z.object({ type: z.literal('statements') }),
    ]),
    policies: z.array(policyViewSchema),
    attributes: z.record(z.string(), z.array(z.string())),
  }),
]);

export const decisionViewSchema = z.discriminatedUnion('effect', [
  z.object({ effect: z.literal('allow') }),
  z.object({
    effect: z.literal('deny'),
    because: z.enum(['explicit_deny', 'no_allow']),
    /** Whose permissions refused: the token's own or its owner's. */
    layer: layerSchema,
    /** The missing action and the resource's path, without tags and properties. */
    missing: z.object({ action: z.string(), resource: z.string() }),
  }),
]);

export const coverageViewSchema = z.discriminatedUnion('covered', [
  z.object({ covered: z.literal(true) }),
  z.object({ covered: z.literal(false), counterexample: z.object({ action: z.string(), resource: z.string() }) }),
  z.object({ covered: z.literal('undecided'), reason: z.string() }),
]);

const decisionsSchema = z.array(z.object({ action: z.string(), resource: z.string(), decision: decisionViewSchema }));

const catalogueActionSchema = z.object({
  name: z.string(),
  access: z.enum(['read', 'write', 'metrics', 'admin']),
  grantableToService: z.boolean(),
  narrowable: z.boolean(),
});

export const permissionsContract = {
  catalogue: {
    type: 'query',
    input: z.void(),
    output: z.object({
      dialect: z.enum(['featbit', 'launchdarkly']),
      resourceTypes: z.array(
        z.object({
          type: z.string(),
          resource: z.string(),
          narrowable: z.boolean(),
          actions: z.array(catalogueActionSchema),
        }),
      ),
    }),
  },
  /** Starting points for service tokens: statements of the catalogue, over all projects or one. */
  templates: {
    type: 'query',
    input: z.strictObject({ project: z.string().min(1).max(256).optional() }).prefault({}),
    output: z.object({
      items: z.array(
        z.object({
          templateId: z.enum(['ci_deploy', 'reporting', 'terraform', 'sdk', 'incident_bot']),
          statements: z.array(statementViewSchema),
          /** Whether the caller could issue a token with these. */
          covered: z.boolean(),
        }),
      ),
    }),
  },
  mine: {
    type: 'query',
    input: z.void(),
    output: z.object({
      dialect: z.enum(['featbit', 'launchdarkly']),
      policies: z.array(policyViewSchema.extend({ id: z.string() })),
      attributes: z.record(z.string(), z.array(z.string())),
      /** Policies that could not be read: this member may do nothing until somebody mends them. */
      unreadable: z.array(z.object({ path: z.string(), message: z.string() })),
      mayListTokens: z.boolean(),
      mayManagePersonalTokens: z.boolean(),
      mayManageServiceTokens: z.boolean(),
      mayAdminister: z.boolean(),
      /** Where the jobs of the installation are shown, to administrators of the organization that runs it; `null` to others. */
      boardUrl: z.string().nullable(),
    }),
  },
  /** What the caller may do, all of its layers together; nothing is said of anybody else. */
  decide: {
    type: 'mutation',
    input: z.strictObject({ requests: z.array(requestSchema).min(1).max(200) }),
    output: z.object({ decisions: decisionsSchema }),
  },
  /** Why a request is, or was, decided as it is: each layer's statements that matched, and those that nearly did. */
  explain: explainContract,
  /** What one set of permissions allows and another doesn't, with a request that shows each. */
  diff: diffContract,
  /** Narrower permissions for a token, from what it was used for. */
  suggest: suggestContract,
  // A mutation to tRPC, though it changes nothing: a URL has no room for a hundred statements.
  preview: {
    type: 'mutation',
    input: z.strictObject({
      kind: z.enum(['personal', 'service']).default('personal'),
      permissions: permissionsInputSchema,
      /** Put to the token as it would be; without any, each action of the catalogue on all resources of its type. */
      requests: z.array(requestSchema).max(200).optional(),
    }),
    output: z.object({
      /** What would be stored, denies included; for `inherit` the owner's policies as they stand. */
      policies: z.array(policyViewSchema),
      /** Those that the caller may not read are left out: policies of others that it has named, or a token's owner's. */
      hiddenPolicyCount: z.number().int(),
      coverage: coverageViewSchema,
      decisions: decisionsSchema,
    }),
  },
} as const;

export type PermissionsView = z.infer<typeof permissionsViewSchema>;
export type DecisionView = z.infer<typeof decisionViewSchema>;
export type CoverageView = z.infer<typeof coverageViewSchema>;
