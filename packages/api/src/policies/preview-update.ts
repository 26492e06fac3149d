import type { Output, ParsedInput } from '@latchkey/contract';
import type { PermissionCatalogue } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { maySee } from '../tokens/sight.ts';
import { readPolicyStatements } from './read-policy.ts';

/** No page shows more of them; the totals say how many there are. */
const SHOWN = 100;

/**
 * Whom an edit of a policy's text would touch: members to whom it applies, and the tokens bounded by them. Of tokens that
 * the caller may not see it is told the number alone: administering is not listing (NO-SELF-HELP).
 */
export const previewPolicyUpdate = async (
  deps: ApiDeps,
  { principal }: Caller,
  { policyId, statements }: ParsedInput<'policies', 'previewUpdate'>,
): Promise<Output<'policies', 'previewUpdate'>> => {
  const { organizationId } = principal;
  const directory = requireDirectory(deps);
  const catalogue = await deps.host.catalogue(organizationId);
  if ((await directory.policies.find(organizationId, policyId)) === null) throw new LatchkeyError('NOT_FOUND');
  const problems = problemsOf(catalogue, statements);
  const memberIds = await directory.policies.membersWith(organizationId, policyId);
  const now = await deps.store.now();
  const { tokens: found, total } = await deps.store.tokens.listOfOwners(organizationId, memberIds, SHOWN, now);
  const tokens = found.filter((token) => maySee(principal, catalogue, { ...token, organizationId, kind: 'personal' }));
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

const problemsOf = (
  catalogue: PermissionCatalogue,
  statements: unknown,
): Output<'policies', 'previewUpdate'>['problems'] => {
  try {
    readPolicyStatements(statements, catalogue);
    return [];
  } catch (error) {
    if (!(error instanceof LatchkeyError) || error.code !== 'PERMISSIONS_INVALID') throw error;
    return (error.details['problems'] ?? []) as Output<'policies', 'previewUpdate'>['problems'];
  }
};
