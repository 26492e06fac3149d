import type { HostMember } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { covers, type PermissionLayer } from '@latchkey/core/policy';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { memberLayer } from './effective-layers.ts';
import { coverage } from './require-covered.ts';

/**
 * Does a write that may give permissions to these members, and lets it stand only where the actor's live permissions
 * cover what each of them has then, or where it only took away (NO-ESCALATION: no token makes its owner an Owner).
 * Throwing rolls the write back. Taking a policy away can give as well: with its denies.
 */
export const guardGrant = async <T>(
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  acting: Acting,
  memberIds: readonly string[],
  write: () => Promise<T>,
): Promise<T> => {
  const before = await readMembers(deps, acting, memberIds);
  const result = await write();
  const after = await readMembers(deps, acting, memberIds);
  const judged = new Set<string>();
  for (const memberId of memberIds) {
    const now = after.get(memberId);
    if (now === undefined) continue;
    const then = before.get(memberId);
    // Members of a group mostly have the same policies; the same question is asked once (BOUNDED-WORK).
    const question = JSON.stringify([then?.policies, then?.attributes, now.policies, now.attributes]);
    if (judged.has(question)) continue;
    judged.add(question);
    judgeGrant(
      acting,
      then === undefined ? null : memberLayer(deps, acting.catalogue, then),
      memberLayer(deps, acting.catalogue, now),
    );
  }
  return result;
};

const judgeGrant = (acting: Acting, before: PermissionLayer | null, after: PermissionLayer): void => {
  if (before !== null && covers(before.permissions, after.permissions).covered === true) return;
  const found = coverage(acting.principal.layers, [after]);
  if (found.covered === true) return;
  throw new LatchkeyError(
    'GRANT_NOT_COVERED',
    found.covered === false ? { counterexample: { ...found.counterexample } } : { reason: found.reason },
  );
};

const readMembers = async (
  { host }: Pick<ApiDeps, 'host'>,
  { tx, organizationId }: Acting,
  memberIds: readonly string[],
): Promise<ReadonlyMap<string, HostMember>> => {
  const members = new Map<string, HostMember>();
  for (const memberId of memberIds) {
    const member = await host.findMember(organizationId, memberId, tx);
    if (member?.status === 'active') members.set(memberId, member);
  }
  return members;
};
