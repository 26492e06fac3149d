import type { Output } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { iso } from '../tokens/token-view.ts';

/**
 * The sibling services that may verify this organization's tokens. TENANT-WALL: which other organizations a credential
 * was made for isn't said, nor is there one here that was made for others alone.
 */
export const listVerifiers = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
): Promise<Output<'system', 'verifiers'>> => {
  const credentials = await deps.store.credentials.list();
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
  };
};
