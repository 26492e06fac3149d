import type { Output } from '@latchkey/contract';
import type { HostMember } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { viewToken } from '../tokens/view-tokens.ts';

/** Who is calling. A token is told about itself, whatever it may see otherwise. */
export const whoami = async (deps: ApiDeps, { principal }: Caller): Promise<Output<'self', 'whoami'>> => {
  const { organizationId } = principal;
  const organization = await deps.store.organizations.find(organizationId);
  const named = { id: organizationId, name: organization?.name ?? organizationId };
  if (principal.type === 'member') {
    return { type: 'member', organization: named, member: toPerson(principal.member) };
  }
  const token = await deps.store.tokens.find(organizationId, principal.token.tokenId);
  if (token === null) throw new LatchkeyError('UNAUTHORIZED');
  return {
    type: 'token',
    organization: named,
    member: principal.owner && toPerson(principal.owner),
    token: await viewToken(deps, organizationId, token, await deps.store.now()),
  };
};

const toPerson = ({ memberId, name, email, locale }: HostMember) => ({ id: memberId, name, email, locale });
