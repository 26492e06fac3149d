import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { maySee } from './sight.ts';
import { viewToken } from './view-tokens.ts';

/** One token. TENANT-WALL: another organization's, one that may not be seen and one that isn't there answer alike. */
export const getToken = async (
  deps: ApiDeps,
  { principal }: Caller,
  { tokenId }: ParsedInput<'tokens', 'get'>,
): Promise<Output<'tokens', 'get'>> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  const token = await deps.store.tokens.find(organizationId, tokenId);
  if (token === null || !maySee(principal, catalogue, token)) throw new LatchkeyError('NOT_FOUND');
  return viewToken(deps, organizationId, token, await deps.store.now());
};
