import type { HostMember, PermissionCatalogue, Policy, RoleAttributes, TokenPermissions } from '@latchkey/core';
import { compilePermissions, type PermissionLayer, readHostPolicies } from '@latchkey/core/policy';
import type { ApiDeps } from '../deps.ts';
import { managingDenies } from './managing-denies.ts';

const NO_ATTRIBUTES: RoleAttributes = {};

/** A token's own permissions as policies, before they are compiled. */
export interface OwnPolicies {
  readonly dialect: PermissionCatalogue['dialect'];
  readonly policies: readonly Policy[];
  readonly attributes: RoleAttributes;
}

/**
 * What a token allows by itself. `owner` is the personal token's owner, whose role attributes its patterns are filled
 * with. Named policies are read live: one that is missing or unreadable allows nothing, and never becomes `inherit`.
 */
export const ownLayer = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  catalogue: PermissionCatalogue,
  organizationId: string,
  permissions: TokenPermissions,
  owner: HostMember | null,
): Promise<PermissionLayer> => {
  const { dialect, policies, attributes } = await ownPolicies(deps, catalogue, organizationId, permissions, owner);
  return { layer: 'token', permissions: compilePermissions(policies, { dialect, attributes }) };
};

/** The same before it is compiled: what a preview shows. */
export const ownPolicies = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  catalogue: PermissionCatalogue,
  organizationId: string,
  permissions: TokenPermissions,
  owner: HostMember | null,
): Promise<OwnPolicies> => {
  // FROZEN-SERVICE: what was stored at issue decides alone; neither catalogue nor owner is asked.
  if (permissions.type === 'frozen') return permissions;
  const attributes = owner?.attributes ?? NO_ATTRIBUTES;
  const { dialect } = catalogue;
  if (permissions.type === 'policies') {
    const policies = await namedPolicies(deps, catalogue, organizationId, permissions.policyIds);
    return { dialect, policies, attributes };
  }
  const statements =
    permissions.type === 'inherit'
      ? [{ effect: 'allow' as const, actions: ['*'], resources: ['*'] }]
      : permissions.statements;
  const ticked = permissions.type === 'inherit' && permissions.manageTokens;
  const denies = ticked ? [] : managingDenies(catalogue, statements);
  return { dialect, policies: [{ name: 'token', statements: [...statements, ...denies] }], attributes };
};

const namedPolicies = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  catalogue: PermissionCatalogue,
  organizationId: string,
  policyIds: readonly string[],
): Promise<readonly Policy[]> => {
  const found = await deps.host.findPolicies(organizationId, policyIds);
  const read = readHostPolicies(found, catalogue.dialect);
  if (read.unreadable.length > 0) {
    const paths = read.unreadable.map(({ path, code }) => ({ path, code }));
    deps.logger.error(
      { alert: 'unreadable_policies', organizationId, policyIds, problems: paths },
      'policies unreadable',
    );
    return [];
  }
  return withManagingDenies(catalogue, read.policies);
};

/** featbit pools policies, so what one of them names is named for all; launchdarkly judges each alone. */
const withManagingDenies = (catalogue: PermissionCatalogue, policies: readonly Policy[]): readonly Policy[] => {
  if (catalogue.dialect === 'featbit') {
    const named = policies.flatMap((policy) => policy.statements);
    return [...policies, { name: 'token', statements: managingDenies(catalogue, named) }];
  }
  return policies.map((policy) => ({
    ...policy,
    statements: [...policy.statements, ...managingDenies(catalogue, policy.statements)],
  }));
};
