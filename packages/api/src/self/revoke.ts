import type { Output, ParsedInput } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { revokeBy } from '../tokens/revoke.ts';
import { requireToken } from './require-token.ts';

/** The calling token ends itself, for good, whatever it may do otherwise. */
export const revokeSelf = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'self', 'revoke'>,
): Promise<Output<'self', 'revoke'>> => {
  const { tokenId } = requireToken(by).token;
  return revokeBy(deps, by, { procedure: 'self.revoke', input }, { ...input, tokenId, wait });
};
