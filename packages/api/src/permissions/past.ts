import type { Host, HostMember, HostPolicy, Instant, PermissionCatalogue, TokenPermissions } from '@latchkey/core';
import type { PermissionLayer, UnknownLayer } from '@latchkey/core/policy';
import type { ApiDeps } from '../deps.ts';
import { memberLayer } from './effective-layers.ts';
import { ownLayer, ownPolicies } from './own-layer.ts';

type Deps = Pick<ApiDeps, 'host' | 'logger' | 'store'>;

/** The organization at an instant, as far as it was kept. The catalogue is today's: hosts keep no others. */
export interface Past {
  readonly organizationId: string;
  readonly catalogue: PermissionCatalogue;
  readonly at: Instant;
}

/** A member as it was; `null` where nobody knows. A remote host tells us of no past. */
export const memberThen = async (
  { store }: Pick<ApiDeps, 'store'>,
  { organizationId, catalogue, at }: Past,
  member: HostMember,
): Promise<HostMember | null> => {
  const then = await store.permissionSets.findAt(organizationId, { type: 'member', id: member.memberId }, at);
  if (then === null) return null;
  const { permissions } = then;
  if (permissions === null) return { ...member, status: 'removed', policies: [], attributes: {} };
  if (permissions.dialect !== catalogue.dialect) return null;
  return { ...member, status: 'active', policies: permissions.policies, attributes: permissions.attributes };
};

export const memberLayerThen = (
  deps: Pick<ApiDeps, 'logger'>,
  { catalogue }: Past,
  then: HostMember | null,
): PermissionLayer | UnknownLayer =>
  then === null
    ? { layer: 'owner', dialect: catalogue.dialect, permissions: null }
    : memberLayer(deps, catalogue, then);

/** A token's own layer, with the policies that it names as they were, and how many statements of each were written. */
export const ownLayerThen = async (
  deps: Deps,
  past: Past,
  permissions: TokenPermissions,
  /** `null` for a service token. */
  owner: { readonly asOf: HostMember | null } | null,
): Promise<{ readonly layer: PermissionLayer | UnknownLayer; readonly writtenCounts: readonly number[] }> => {
  const { organizationId, catalogue } = past;
  const unknown = {
    layer: { layer: 'token', dialect: catalogue.dialect, permissions: null } as const,
    writtenCounts: [],
  };
  // Patterns of a personal token are filled with its owner's role attributes, which launchdarkly has.
  const isFilled = permissions.type !== 'frozen' && permissions.type !== 'inherit';
  if (owner?.asOf === null && isFilled && catalogue.dialect === 'launchdarkly') return unknown;
  const policies = permissions.type === 'policies' ? await policiesThen(deps, past, permissions.policyIds) : [];
  if (policies === null) return unknown;
  const pastDeps = { ...deps, host: hostOf(deps.host, policies) };
  const scope = { organizationId, catalogue, owner: owner?.asOf ?? null };
  const { writtenCounts } = await ownPolicies(pastDeps, scope, permissions);
  return { layer: await ownLayer(pastDeps, scope, permissions), writtenCounts };
};

/** Named policies as they were; a removed one is missing, as it is for a decision. `null` where one isn't known. */
const policiesThen = async (
  { store }: Pick<ApiDeps, 'store'>,
  { organizationId, catalogue, at }: Past,
  policyIds: readonly string[],
): Promise<readonly HostPolicy[] | null> => {
  const found: HostPolicy[] = [];
  for (const id of policyIds) {
    const then = await store.permissionSets.findAt(organizationId, { type: 'policy', id }, at);
    if (then === null || (then.permissions !== null && then.permissions.dialect !== catalogue.dialect)) return null;
    found.push(...(then.permissions?.policies ?? []));
  }
  return found;
};

const hostOf = (host: Host, policies: readonly HostPolicy[]): Host => ({
  issuerPin: host.issuerPin,
  catalogue: (organizationId) => host.catalogue(organizationId),
  findMember: (organizationId, memberId, tx) => host.findMember(organizationId, memberId, tx),
  listMembers: (organizationId, page) => host.listMembers(organizationId, page),
  findPolicies: async (_, policyIds) => policies.filter(({ id }) => policyIds.includes(id)),
});
