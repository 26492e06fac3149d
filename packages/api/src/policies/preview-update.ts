import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readPolicyStatements } from './read-policy.ts';

/** No page shows more of them; the totals say how many there are. */
const SHOWN = 100;

/** Whom an edit of a policy's text would touch: members to whom it applies, and the tokens bounded by them. */
export const previewPolicyUpdate = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { policyId, statements }: ParsedInput<'policies', 'previewUpdate'>,
): Promise<Output<'policies', 'previewUpdate'>> => {
  const directory = requireDirectory(deps);
  if ((await directory.policies.find(organizationId, policyId)) === null) throw new LatchkeyError('NOT_FOUND');
  const problems = await problemsOf(deps, organizationId, statements);
  const memberIds = await directory.policies.membersWith(organizationId, policyId);
  const now = await deps.store.now();
  const { tokens, total } = await deps.store.tokens.listOfOwners(organizationId, memberIds, SHOWN, now);
  const named = new Map<string, string | null>();
  for (const memberId of new Set([...memberIds.slice(0, SHOWN), ...tokens.map(({ ownerId }) => ownerId)])) {
    named.set(memberId, (await directory.members.find(organizationId, memberId))?.name ?? null);
  }
  return {
    problems,
    members: {
      items: memberIds.slice(0, SHOWN).map((memberId) => ({ memberId, name: named.get(memberId) ?? memberId })),
      total: memberIds.length,
    },
    tokens: {
      items: tokens.map((token) => ({ ...token, ownerName: named.get(token.ownerId) ?? null })),
      total,
    },
  };
};

const problemsOf = async (
  deps: ApiDeps,
  organizationId: string,
  statements: unknown,
): Promise<Output<'policies', 'previewUpdate'>['problems']> => {
  try {
    readPolicyStatements(statements, await deps.host.catalogue(organizationId));
    return [];
  } catch (error) {
    if (!(error instanceof LatchkeyError) || error.code !== 'PERMISSIONS_INVALID') throw error;
    return (error.details['problems'] ?? []) as Output<'policies', 'previewUpdate'>['problems'];
  }
};
