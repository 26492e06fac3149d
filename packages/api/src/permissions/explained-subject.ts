import type { HostMember, Instant, PermissionCatalogue } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { Layer, PermissionLayer, StatementReference, UnknownLayer } from '@latchkey/core/policy';
import type { LookedUpToken, TokenLookup } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { maySee } from '../tokens/sight.ts';
import { use } from './demand.ts';
import { layersOf, memberLayer } from './effective-layers.ts';
import { mayReadPolicies } from './may-read-policies.ts';
import { ownPolicies } from './own-layer.ts';
import { memberLayerThen, memberThen, ownLayerThen, type Past } from './past.ts';
import { firstReason, type Presented, presentedReason } from './presented-reason.ts';
import { type StateReason, stateNow } from './state-reason.ts';
import { tokenThen } from './token-then.ts';

/** Whose permissions are explained, and how much of them the caller may see. */
export interface ExplainedSubject {
  readonly of: 'token' | 'member';
  readonly layers: readonly (PermissionLayer | UnknownLayer)[];
  readonly state: StateReason | 'unknown' | null;
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
  {
    tokenId,
    memberId,
    ...presented
  }: { readonly tokenId?: string | undefined; readonly memberId?: string | undefined } & Presented,
  /** Where left out, now. Who may ask is judged by now in any case. */
  at?: Instant,
): Promise<ExplainedSubject> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  if (memberId !== undefined) return memberSubject(deps, principal, catalogue, memberId, at);
  if (tokenId === undefined && principal.type === 'member') {
    return memberSubject(deps, principal, catalogue, principal.member.memberId, at);
  }
  return tokenSubject(deps, principal, catalogue, { tokenId: tokenId ?? tokenIdOf(principal), ...presented }, at);
};

const tokenIdOf = (principal: OrganizationPrincipal): string =>
  principal.type === 'token' ? principal.token.tokenId : '';

const memberSubject = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  memberId: string,
  at: Instant | undefined,
): Promise<ExplainedSubject> => {
  const itself = principal.type === 'member' && principal.member.memberId === memberId;
  // Before it is looked for: who may not ask learns nothing of who there is.
  if (!itself && !use(principal, catalogue.management.administer)) throw new LatchkeyError('NOT_FOUND');
  const member = await deps.host.findMember(principal.organizationId, memberId);
  if (member === null) throw new LatchkeyError('NOT_FOUND');
  const past = at === undefined ? null : { organizationId: principal.organizationId, catalogue, at };
  const then = past === null ? member : await memberThen(deps, past, member);
  return {
    of: 'member',
    layers: [past === null ? memberLayer(deps, catalogue, member) : memberLayerThen(deps, past, then)],
    state: then === null || then.status === 'active' ? null : 'member_removed',
    isHidden: () => false,
    isAdded: () => false,
  };
};

const tokenSubject = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  { tokenId, ...presented }: { readonly tokenId: string } & Presented,
  at: Instant | undefined,
): Promise<ExplainedSubject> => {
  const { organizationId } = principal;
  const token = await deps.store.tokens.find(organizationId, tokenId);
  if (token === null || !maySee(principal, catalogue, token)) throw new LatchkeyError('NOT_FOUND');
  const found = await deps.store.tokens.lookUp(tokenId);
  if (found === null) throw new LatchkeyError('NOT_FOUND');
  const { ownerId, permissions } = token;
  const owner = ownerId === null ? null : await deps.host.findMember(organizationId, ownerId);
  const { layers, state, writtenCounts } =
    at === undefined
      ? await standsNow(deps, catalogue, found, owner)
      : await stoodThen(deps, { organizationId, catalogue, at }, found, owner);
  const sees = mayReadPolicies(principal, catalogue, owner);
  const itself = principal.type === 'token' && principal.token.tokenId === tokenId;
  return {
    of: 'token',
    layers,
    state: firstReason(state, presentedReason(found, presented, at ?? found.now)),
    isHidden: (layer) => !sees && (layer === 'owner' || (permissions.type === 'policies' && !itself)),
    isAdded: (layer, { policyIndex, statementIndex }) =>
      layer === 'token' && statementIndex >= (writtenCounts[policyIndex] ?? 0),
  };
};

interface Standing extends Pick<ExplainedSubject, 'layers' | 'state'> {
  readonly writtenCounts: readonly number[];
}

const standsNow = async (
  deps: ApiDeps,
  catalogue: PermissionCatalogue,
  found: TokenLookup,
  owner: HostMember | null,
): Promise<Standing> => {
  const { token } = found;
  const { organizationId } = token;
  const { writtenCounts } = await ownPolicies(deps, { organizationId, catalogue, owner }, token.permissions);
  return { layers: await layersOf(deps, { catalogue }, token, owner), state: stateNow(found), writtenCounts };
};

const stoodThen = async (
  deps: ApiDeps,
  past: Past,
  { token, ...gates }: TokenLookup,
  owner: HostMember | null,
): Promise<Standing> => {
  const { state, isUnchanged } = await tokenThen(deps, token, gates, past.at);
  const ownerThen = owner === null ? null : await memberThen(deps, past, owner);
  const own = isUnchanged
    ? await ownLayerThen(deps, past, token.permissions, token.kind === 'service' ? null : { asOf: ownerThen })
    : { layer: unknownOwn(past), writtenCounts: [] };
  const layers = token.kind === 'service' ? [own.layer] : [own.layer, memberLayerThen(deps, past, ownerThen)];
  return { layers, state: state ?? ownerStateThen(token, ownerThen), writtenCounts: own.writtenCounts };
};

const unknownOwn = ({ catalogue: { dialect } }: Past): UnknownLayer => ({ layer: 'token', dialect, permissions: null });

const ownerStateThen = ({ kind }: LookedUpToken, then: HostMember | null): StateReason | null =>
  kind === 'personal' && then?.status === 'removed' ? 'owner_removed' : null;
