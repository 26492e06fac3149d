import type {
  Host,
  HostMember,
  PermissionCatalogue,
  Policy,
  RoleAttributes,
  Statement,
  TokenPermissions,
  Tx,
} from '@latchkey/core';
import {
  compilePermissions,
  managementDenies,
  type PermissionLayer,
  readHostPolicies,
  restrictManagement,
} from '@latchkey/core/policy';
import type { ApiDeps } from '../deps.ts';

const NO_ATTRIBUTES: RoleAttributes = {};
const EVERYTHING: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };

/** Whose permissions are read: their organization's catalogue, a personal token's owner, and the transaction if any. */
export interface OwnScope {
  readonly organizationId: string;
  readonly catalogue: PermissionCatalogue;
  /** Role attributes in a personal token's patterns are filled with its owner's. */
  readonly owner: HostMember | null;
  readonly tx?: Tx | undefined;
}

/** One layer of permissions before it is compiled. */
export interface LayerPolicies {
  readonly dialect: PermissionCatalogue['dialect'];
  readonly policies: readonly Policy[];
  readonly attributes: RoleAttributes;
}

/** A token's own permissions as policies: what a preview shows. */
export interface OwnPolicies extends LayerPolicies {
  /** How many statements of each policy somebody wrote; those behind them were added by `restrictManagement`. */
  readonly writtenCounts: readonly number[];
}

interface PolicyDeps extends Pick<ApiDeps, 'logger'> {
  readonly host: Pick<Host, 'findPolicies'>;
}

/** What a token allows by itself. */
export const ownLayer = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  scope: OwnScope,
  permissions: TokenPermissions,
): Promise<PermissionLayer> => {
  const { dialect, policies, attributes } = await ownPolicies(deps, scope, permissions);
  return { layer: 'token', permissions: compilePermissions(policies, { dialect, attributes }) };
};

/**
 * Named policies are read live: one that is missing or unreadable allows nothing, and never becomes `inherit`.
 * NO-SELF-HELP: no wildcard gives a personal token the actions that list and manage tokens; they are named or ticked.
 */
export const ownPolicies = async (
  deps: PolicyDeps,
  scope: OwnScope,
  permissions: TokenPermissions,
): Promise<OwnPolicies> => {
  // FROZEN-SERVICE: what was stored at issue decides alone; neither catalogue nor owner is asked.
  if (permissions.type === 'frozen') {
    const { dialect, policies, attributes } = permissions;
    return { dialect, policies, attributes, writtenCounts: countsOf(policies) };
  }
  const { catalogue } = scope;
  const own = (policies: readonly Policy[], writtenCounts: readonly number[]): OwnPolicies => ({
    dialect: catalogue.dialect,
    policies,
    attributes: scope.owner?.attributes ?? NO_ATTRIBUTES,
    writtenCounts,
  });
  if (permissions.type === 'inherit') {
    const denies = permissions.manageTokens ? [] : managementDenies(catalogue);
    return own([{ name: 'token', statements: [EVERYTHING, ...denies] }], [1]);
  }
  const policies =
    permissions.type === 'policies'
      ? await namedPolicies(deps, scope, permissions.policyIds)
      : [{ name: 'token', statements: permissions.statements }];
  return own(restrictManagement(policies, catalogue), countsOf(policies));
};

const countsOf = (policies: readonly Policy[]): readonly number[] =>
  policies.map(({ statements }) => statements.length);

const namedPolicies = async (
  deps: PolicyDeps,
  { organizationId, catalogue, tx }: OwnScope,
  policyIds: readonly string[],
): Promise<readonly Policy[]> => {
  const found = await deps.host.findPolicies(organizationId, policyIds, tx);
  // FAIL-CLOSED: where policies are pooled, a missing one may have held denies that bounded what the others allow.
  if (catalogue.dialect === 'featbit' && !policyIds.every((policyId) => found.some(({ id }) => id === policyId))) {
    return [];
  }
  const { policies, unreadable } = readHostPolicies(found, catalogue.dialect);
  if (unreadable.length > 0) {
    const problems = unreadable.map(({ path, code }) => ({ path, code }));
    deps.logger.error({ alert: 'unreadable_policies', organizationId, policyIds, problems }, 'policies unreadable');
  }
  return policies;
};
