import type { HostMember, PermissionCatalogue } from '@latchkey/core';
import { compilePermissions, type PermissionLayer, readHostPolicies } from '@latchkey/core/policy';
import type { LookedUpToken } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { type LayerPolicies, type OwnScope, ownLayer } from './own-layer.ts';

type LayerDeps = Pick<ApiDeps, 'host' | 'logger'>;

/** What a member may do now. Nothing for one who was removed, or whose policies can't be read (FAIL-CLOSED). */
export const memberLayers = async (
  deps: LayerDeps,
  organizationId: string,
  member: HostMember,
): Promise<PermissionLayer[]> => [memberLayer(deps, await deps.host.catalogue(organizationId), member)];

/** What a token may do now: its layers, with the catalogue read for it. */
export const tokenLayers = async (
  deps: LayerDeps,
  token: LookedUpToken,
  owner: HostMember | null,
): Promise<PermissionLayer[]> =>
  layersOf(deps, { catalogue: await deps.host.catalogue(token.organizationId) }, token, owner);

/**
 * NO-ESCALATION: a personal token has its own layer and its owner's, taken live, and both must allow; without an owner
 * it may do nothing. A service token has the frozen layer and no other.
 */
export const layersOf = async (
  deps: LayerDeps,
  { catalogue, tx }: Pick<OwnScope, 'catalogue' | 'tx'>,
  token: Pick<LookedUpToken, 'organizationId' | 'kind' | 'permissions'>,
  owner: HostMember | null,
): Promise<PermissionLayer[]> => {
  const { organizationId, kind, permissions } = token;
  const own = await ownLayer(deps, { organizationId, catalogue, owner, tx }, permissions);
  // A service row without frozen permissions is a row that somebody wrote by hand.
  if (kind === 'service') return permissions.type === 'frozen' ? [own] : [nothing(catalogue)];
  return [own, owner === null ? nothing(catalogue) : memberLayer(deps, catalogue, owner)];
};

/** One member's layer, where the catalogue is at hand. */
export const memberLayer = (
  deps: Pick<ApiDeps, 'logger'>,
  catalogue: PermissionCatalogue,
  member: HostMember,
): PermissionLayer => {
  const { dialect, policies, attributes } = memberPolicies(deps, catalogue, member);
  return { layer: 'owner', permissions: compilePermissions(policies, { dialect, attributes }) };
};

/** The same before it is compiled: nothing for one who was removed, or whose policies can't be read (FAIL-CLOSED). */
export const memberPolicies = (
  deps: Pick<ApiDeps, 'logger'>,
  { dialect }: PermissionCatalogue,
  member: HostMember,
): LayerPolicies => {
  if (member.status !== 'active') return { dialect, policies: [], attributes: {} };
  const { policies, unreadable } = readHostPolicies(member.policies, dialect);
  if (unreadable.length > 0) {
    const problems = unreadable.map(({ path, code }) => ({ path, code }));
    const { organizationId, memberId } = member;
    deps.logger.error({ alert: 'unreadable_policies', organizationId, memberId, problems }, 'policies unreadable');
  }
  return { dialect, policies, attributes: member.attributes };
};

const nothing = ({ dialect }: PermissionCatalogue): PermissionLayer => ({
  layer: 'owner',
  permissions: compilePermissions([], { dialect }),
});
