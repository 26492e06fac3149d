import type { Output, ParsedInput } from '@latchkey/contract';
import { nameKey, nameProblems } from '@latchkey/core/lifecycle';
import { managementRequest } from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { requireMember } from './member-of.ts';

/** Whether a name is free, for those who may issue a token of that kind: to others it would list names. */
export const isNameTaken = async (
  deps: ApiDeps,
  { principal }: Caller,
  { name, kind }: ParsedInput<'tokens', 'isNameTaken'>,
): Promise<Output<'tokens', 'isNameTaken'>> => {
  const { organizationId } = principal;
  const { management } = await deps.host.catalogue(organizationId);
  demand(
    principal,
    kind === 'service'
      ? managementRequest(management, 'service', 'issue', {})
      : managementRequest(management, 'personal', 'issue', { memberId: requireMember(principal).memberId }),
  );
  const problems = nameProblems(name).map(({ code }) => code);
  const taken = problems.length === 0 && (await deps.store.tokens.isNameTaken(organizationId, nameKey(name)));
  return { taken, problems };
};
