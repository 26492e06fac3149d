import type { HostMember, PermissionCatalogue } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { isOwnerRemoved, isRecalled } from '@latchkey/core/lifecycle';
import type { Layer, PermissionLayer, StatementReference } from '@latchkey/core/policy';
import type { TokenLookup } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { memberOf } from '../tokens/member-of.ts';
import { maySee } from '../tokens/sight.ts';
import { may } from './demand.ts';
import { layersOf, memberLayer } from './effective-layers.ts';
import { ownPolicies } from './own-layer.ts';

/** What refuses a token or a member whatever its permissions are. */
export type StateReason =
  | 'not_issued'
  | 'revoked'
  | 'recalled'
  | 'expired'
  | 'owner_removed'
  | 'member_removed'
  | 'pending'
  | 'inactive';

/** Whose permissions are explained, and how much of them the caller may see. */
export interface ExplainedSubject {
  readonly of: 'token' | 'member';
  readonly layers: readonly PermissionLayer[];
  readonly state: StateReason | null;
  isHidden(layer: Layer): boolean;
  isAdded(layer: Layer, by: StatementReference): boolean;
}

/**
 * A token by those who may see it, a member by itself and by administrators; for all others there is none (TENANT-WALL).
 *
 * Seeing a token is not seeing every policy behind it. Its owner's policies are shown to the owner, to a token that
 * inherits them and to administrators, as `permissions.mine` and `policies.get` do; the text of policies that the token
 * names likewise. Statements that stand in the token are shown to whoever may see it, as `tokens.get` does.
 */
export const findSubject = async (
  deps: ApiDeps,
  { principal }: Caller,
  { tokenId, memberId }: { readonly tokenId?: string | undefined; readonly memberId?: string | undefined },
): Promise<ExplainedSubject> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  if (memberId !== undefined) return memberSubject(deps, principal, catalogue, memberId);
  if (tokenId === undefined && principal.type === 'member') {
    return memberSubject(deps, principal, catalogue, principal.member.memberId);
  }
  return tokenSubject(deps, principal, catalogue, tokenId ?? tokenIdOf(principal));
};

const tokenIdOf = (principal: OrganizationPrincipal): string =>
  principal.type === 'token' ? principal.token.tokenId : '';

const memberSubject = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  memberId: string,
): Promise<ExplainedSubject> => {
  const itself = principal.type === 'member' && principal.member.memberId === memberId;
  // Before it is looked for: who may not ask learns nothing of who there is.
  if (!itself && !may(principal, catalogue.management.administer)) throw new LatchkeyError('NOT_FOUND');
  const member = await deps.host.findMember(principal.organizationId, memberId);
  if (member === null) throw new LatchkeyError('NOT_FOUND');
  return {
    of: 'member',
    layers: [memberLayer(deps, catalogue, member)],
    state: member.status === 'active' ? null : 'member_removed',
    isHidden: () => false,
    isAdded: () => false,
  };
};

const tokenSubject = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  tokenId: string,
): Promise<ExplainedSubject> => {
  const { organizationId } = principal;
  const token = await deps.store.tokens.find(organizationId, tokenId);
  if (token === null || !maySee(principal, catalogue, token)) throw new LatchkeyError('NOT_FOUND');
  const found = await deps.store.tokens.lookUp(tokenId);
  if (found === null) throw new LatchkeyError('NOT_FOUND');
  const { ownerId, permissions } = token;
  const owner = ownerId === null ? null : await deps.host.findMember(organizationId, ownerId);
  const layers = await layersOf(deps, { catalogue }, token, owner);
  const { writtenCounts } = await ownPolicies(deps, { organizationId, catalogue, owner }, permissions);
  const sees = mayReadPolicies(principal, catalogue, owner);
  const itself = principal.type === 'token' && principal.token.tokenId === tokenId;
  return {
    of: 'token',
    layers,
    state: stateOf(found),
    isHidden: (layer) => !sees && (layer === 'owner' || (permissions.type === 'policies' && !itself)),
    isAdded: (layer, { policyIndex, statementIndex }) =>
      layer === 'token' && statementIndex >= (writtenCounts[policyIndex] ?? 0),
  };
};

/** Whether the caller may read the policies that apply to this member, or that it names for a token. */
const mayReadPolicies = (
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  owner: HostMember | null,
): boolean => {
  if (may(principal, catalogue.management.administer)) return true;
  const isOwner = owner !== null && memberOf(principal)?.memberId === owner.memberId;
  return isOwner && (principal.type === 'member' || principal.token.permissions.type === 'inherit');
};

/** In the order of `verdictOf`: what a caller who presents the token would be refused for first. */
const stateOf = ({ token, now, ...gates }: TokenLookup): StateReason | null => {
  if (token.state === 'revoked') return 'revoked';
  if (isRecalled(token, gates)) return 'recalled';
  if (token.expiresAt !== null && now >= token.expiresAt) return 'expired';
  if (isOwnerRemoved(token, gates)) return 'owner_removed';
  return token.state === 'active' ? null : token.state;
};
