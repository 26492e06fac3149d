import { type Host, HostUnavailable } from '@latchkey/core';
import type { Store } from '@latchkey/store';

const pageSize = 500;

/**
 * Those who own tokens and whom the host does not know as active members. The list says who may be missing; each of them
 * is then asked about by itself, because a list that was read while somebody joined, or was cut short, is no proof.
 * @throws HostUnavailable, also for an empty list: a host without any member is one that does not answer
 */
export const findMissing = async (
  store: Pick<Store, 'reconciliations'>,
  host: Pick<Host, 'findMember' | 'listMembers'>,
  organizationId: string,
  signal: AbortSignal,
): Promise<{ readonly missingIds: readonly string[]; readonly ownerCount: number }> => {
  const active = await listActive(host, organizationId, signal);
  const missingIds: string[] = [];
  let ownerCount = 0;
  let after: string | undefined;
  while (!signal.aborted) {
    const owners = await store.reconciliations.listOwners(organizationId, {
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    });
    ownerCount += owners.length;
    for (const memberId of owners) {
      if (signal.aborted || active.has(memberId)) continue;
      const member = await host.findMember(organizationId, memberId);
      if (member?.status !== 'active') missingIds.push(memberId);
    }
    after = owners.at(-1);
    if (owners.length < pageSize || after === undefined) break;
  }
  return { missingIds, ownerCount };
};

const listActive = async (
  host: Pick<Host, 'listMembers'>,
  organizationId: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const active = new Set<string>();
  const seen = new Set<string>();
  let after: string | undefined;
  while (!signal.aborted) {
    const page = await host.listMembers(organizationId, {
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    });
    for (const { memberId, status } of page) {
      // A host that pages in circles would keep us here for ever.
      if (seen.has(memberId)) throw new HostUnavailable('the host lists a member twice');
      seen.add(memberId);
      if (status === 'active') active.add(memberId);
    }
    after = page.at(-1)?.memberId;
    if (page.length < pageSize || after === undefined) break;
  }
  if (active.size === 0 && !signal.aborted) throw new HostUnavailable('the host lists no active member');
  return active;
};
