import type { Output, ParsedInput } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { getToken } from './get.ts';

/** Whose token it is, for whoever may see it: what one needs to know of a token that was found somewhere. */
export const locateToken = async (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'tokens', 'locate'>,
): Promise<Output<'tokens', 'locate'>> => {
  const { ownerId, ...token } = await getToken(deps, by, input);
  const member = ownerId === null ? null : await deps.host.findMember(by.principal.organizationId, ownerId);
  const { tokenId, kind, name, status, issuer, lastUsedAt } = token;
  return {
    ...{ tokenId, kind, name, status, issuer, lastUsedAt },
    owner: ownerId === null ? null : { id: ownerId, name: member?.name ?? null, removed: member?.status !== 'active' },
  };
};
