import type { Output } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { LEASE_MS } from '../settling/lease.ts';
import { iso } from '../tokens/token-view.ts';

/**
 * Who answers verifications of this organization's tokens: the API nodes, and the sibling services that may ask them.
 * TENANT-WALL: which other organizations a credential was made for isn't said, nor is there one here that was made for
 * others alone; and of a node no more than whether it is one that is waited for, for its name is the operator's.
 */
export const listVerifiers = async (
  deps: Pick<ApiDeps, 'store' | 'settler'>,
  { principal: { organizationId } }: Caller,
): Promise<Output<'system', 'verifiers'>> => {
  const [credentials, registry] = await Promise.all([deps.store.credentials.list(), deps.store.feed.registry()]);
  const last = deps.settler.last();
  return {
    items: credentials
      .filter(({ role, revokedAt, recalled }) => role === 'verifier' && revokedAt === null && !recalled)
      .filter(({ organizationIds }) => organizationIds === null || organizationIds.includes(organizationId))
      .map(({ credentialId, name, createdAt, organizationIds }) => ({
        credentialId,
        name,
        createdAt: iso(createdAt),
        organizations: organizationIds === null ? 'all' : 'listed',
      })),
    nodes: registry.rows
      .filter(({ incarnation }) => incarnation === registry.incarnation)
      .map(({ verifierId, polledAt }) => {
        const polledMsAgo = Math.max(0, registry.now - polledAt);
        return { nodeId: verifierId, coherent: polledMsAgo <= LEASE_MS, polledMsAgo };
      }),
    leaseMs: LEASE_MS,
    lastSettled: last && { settledMs: last.settledMs, by: last.by },
  };
};
