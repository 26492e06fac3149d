import type { Output } from '@latchkey/contract';
import type { HostMember, PermissionCatalogue } from '@latchkey/core';
import { type HostPolicies, managementRequest, readHostPolicies } from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { memberOf } from '../tokens/member-of.ts';
import { toAttributesView, toPolicyView } from '../tokens/token-view.ts';
import { may } from './demand.ts';
import { ownPolicies } from './own-layer.ts';

/**
 * What the caller may do: a member's policies, a token's own. A token that inherits sees its owner's, another one
 * doesn't: what it was given is all that it is told (NO-SELF-HELP). The four flags are decided by all of its layers.
 */
export const myPermissions = async (deps: ApiDeps, { principal }: Caller): Promise<Output<'permissions', 'mine'>> => {
  const catalogue = await deps.host.catalogue(principal.organizationId);
  const { policies, attributes, unreadable } = await policiesOf(deps, principal, catalogue);
  return {
    dialect: catalogue.dialect,
    policies: policies.map((policy) => ({ ...toPolicyView(policy), id: policy.id ?? policy.name })),
    attributes: toAttributesView(attributes),
    unreadable: unreadable.map(({ path, message }) => ({ path, message })),
    ...flagsOf(principal, catalogue),
    boardUrl: boardOf(deps, principal, catalogue),
  };
};

const policiesOf = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
): Promise<HostPolicies & Pick<HostMember, 'attributes'>> => {
  const member = memberOf(principal);
  const inherits = principal.type === 'member' || principal.token.permissions.type === 'inherit';
  if (inherits && member !== null) {
    return { ...readHostPolicies(member.policies, catalogue.dialect), attributes: member.attributes };
  }
  const { organizationId, token } = principal as Extract<OrganizationPrincipal, { readonly type: 'token' }>;
  const own = await ownPolicies(deps, { organizationId, catalogue, owner: member }, token.permissions);
  return { policies: own.policies, attributes: own.attributes, unreadable: [] };
};

/** TENANT-WALL: the board shows every organization's work, and asks for a session: no token gets in. */
const boardOf = (
  { board }: Pick<ApiDeps, 'board'>,
  principal: OrganizationPrincipal,
  { management }: PermissionCatalogue,
): string | null => {
  if (board === undefined || principal.type !== 'member') return null;
  return principal.organizationId === board.organizationId && may(principal, management.administer) ? board.url : null;
};

const flagsOf = (principal: OrganizationPrincipal, { management }: PermissionCatalogue) => {
  const memberId = memberOf(principal)?.memberId;
  return {
    mayListTokens: may(principal, management.list),
    mayManagePersonalTokens:
      memberId !== undefined && may(principal, managementRequest(management, 'personal', 'issue', { memberId })),
    mayManageServiceTokens: may(principal, managementRequest(management, 'service', 'issue', {})),
    mayAdminister: may(principal, management.administer),
  };
};
