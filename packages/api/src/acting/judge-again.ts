import type { HostMember, Instant, PermissionCatalogue, Tx } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { verdictOf } from '@latchkey/core/lifecycle';
import type { TokenLookup, TokenWithDigests } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { layersOf, memberLayer } from '../permissions/effective-layers.ts';
import type { OrganizationPrincipal, TokenPrincipal } from '../principal.ts';

interface Judged {
  readonly principal: OrganizationPrincipal;
  readonly target: TokenWithDigests | null;
  readonly now: Instant;
}

type Deps = Pick<ApiDeps, 'store' | 'host' | 'logger'>;

/**
 * Locks who is acting and takes its permissions once more: a token revoked, or a member removed or demoted, in mid-call
 * changes nothing any more (NO-SELF-HELP). A target is locked FOR UPDATE on the way.
 */
export const judgeAgain = async (
  deps: Deps,
  by: Caller,
  catalogue: PermissionCatalogue,
  tx: Tx,
  targetId: string | undefined,
): Promise<Judged> => {
  const { principal } = by;
  const { organizationId } = principal;
  const { tokens } = deps.store;
  const lockTarget = async () => (targetId === undefined ? null : tokens.findForUpdate(organizationId, targetId, tx));
  if (principal.type === 'member') {
    const target = await lockTarget();
    const member = await lockMember(deps, organizationId, principal.member.memberId, tx);
    const layers = [memberLayer(deps, catalogue, member)];
    return { principal: { ...principal, member, layers }, target, now: await deps.store.now(tx) };
  }
  const actingId = principal.token.tokenId;
  // By id, so that two tokens that act on each other don't wait for each other; itself once, FOR UPDATE.
  const first = targetId !== undefined && targetId <= actingId ? await lockTarget() : null;
  const found =
    targetId === actingId ? await tokens.lookUp(actingId, tx) : await tokens.lockForShare(organizationId, actingId, tx);
  const target = first ?? (targetId !== undefined && targetId > actingId ? await lockTarget() : null);
  const acting = await judgeToken(deps, principal, found, by, catalogue, tx);
  return { principal: acting, target, now: await deps.store.now(tx) };
};

const judgeToken = async (
  deps: Deps,
  principal: TokenPrincipal,
  found: TokenLookup | null,
  by: Caller,
  catalogue: PermissionCatalogue,
  tx: Tx,
): Promise<TokenPrincipal> => {
  // What was proved at the door stays proved; all that can have changed since is the state, which is judged anew.
  const proof = { outcome: 'live', secretNumber: principal.secretNumber, redigest: null } as const;
  const verdict = verdictOf({ found, proof, now: found?.now ?? 0, address: by.call.address ?? undefined });
  if (found === null || !verdict.accepted) throw new LatchkeyError('UNAUTHORIZED');
  const { token } = found;
  const owner = token.ownerId === null ? null : await lockMember(deps, token.organizationId, token.ownerId, tx);
  const layers = await layersOf(deps, { catalogue, tx }, token, owner);
  return { ...principal, token, owner, layers, superseded: verdict.superseded };
};

/** GATE-FIRST: the gate is held open while its member acts; a removal waits for it, or has closed it before. */
const lockMember = async (deps: Deps, organizationId: string, memberId: string, tx: Tx): Promise<HostMember> => {
  const gate = await deps.store.ownerGates.lockForShare(organizationId, memberId, tx);
  const member = await deps.host.findMember(organizationId, memberId, tx);
  if (gate.closed || member?.status !== 'active') throw new LatchkeyError('UNAUTHORIZED');
  return member;
};
