import type { Output, ParsedInput } from '@latchkey/contract';
import type { Host, HostMember, PermissionCatalogue, Statement } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { TokenOfOwner } from '@latchkey/store';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Side, touchedTokens } from '../permissions/touched-tokens.ts';
import { differencesOfEdit } from './differences-of-edit.ts';
import { editedHost } from './edited-host.ts';
import { readPolicyStatements } from './read-policy.ts';

/** No page shows more of them; the totals say how many there are. */
const SHOWN = 100;

/**
 * What an edit of a policy's text would do: what the text gives and takes, the members to whom it applies, and the tokens
 * bounded by them or by the policy itself, which of them lose something and what. Of tokens that the caller may not see
 * it is told the number alone: administering is not listing (NO-SELF-HELP).
 */
export const previewPolicyUpdate = async (
  deps: ApiDeps,
  { principal }: Caller,
  { policyId, statements }: ParsedInput<'policies', 'previewUpdate'>,
): Promise<Output<'policies', 'previewUpdate'>> => {
  const { organizationId } = principal;
  const directory = requireDirectory(deps);
  const catalogue = await deps.host.catalogue(organizationId);
  const policy = await directory.policies.find(organizationId, policyId);
  if (policy === null) throw new LatchkeyError('NOT_FOUND');
  const { problems, read } = readEdit(catalogue, statements);
  const memberIds = await directory.policies.membersWith(organizationId, policyId);
  const found = await tokensTouched(deps, organizationId, policyId, memberIds);
  const people = new Map<string, HostMember | null>();
  for (const memberId of new Set([...memberIds.slice(0, SHOWN), ...found.tokens.map(({ ownerId }) => ownerId)])) {
    people.set(memberId, await directory.members.find(organizationId, memberId));
  }
  const nameOf = (memberId: string) => people.get(memberId)?.name ?? null;
  const change = read && {
    before: sideOf(deps.host, organizationId),
    after: sideOf(editedHost(deps.host, policyId, read), organizationId),
  };
  const tokens = await touchedTokens(deps, { principal, catalogue }, found.tokens, change, nameOf);
  const holders = memberIds.map((memberId) => people.get(memberId) ?? null);
  return {
    problems,
    differences: read && differencesOfEdit(deps, catalogue, policy, read, holders),
    members: {
      items: memberIds.slice(0, SHOWN).map((memberId) => ({ memberId, name: nameOf(memberId) ?? memberId })),
      total: memberIds.length,
    },
    tokens: { items: tokens, total: found.total },
  };
};

const sideOf = (host: Host, organizationId: string): Side => ({
  host,
  owner: (ownerId) => host.findMember(organizationId, ownerId),
});

/** Tokens of the members that have the policy, then tokens of others that name it. */
const tokensTouched = async (
  deps: ApiDeps,
  organizationId: string,
  policyId: string,
  memberIds: readonly string[],
): Promise<{ readonly tokens: readonly TokenOfOwner[]; readonly total: number }> => {
  const { tokens, unitOfWork } = deps.store;
  const now = await deps.store.now();
  const bounded = await tokens.listOfOwners(organizationId, memberIds, SHOWN, now);
  const naming = await unitOfWork.run((tx) => tokens.listNaming(organizationId, policyId, tx));
  const others = [...new Set(naming.map(({ ownerId }) => ownerId))].filter((ownerId) => !memberIds.includes(ownerId));
  if (others.length === 0) return bounded;
  const theirs = await tokens.listOfOwners(organizationId, others, SHOWN, now);
  const named: TokenOfOwner[] = [];
  for (const token of theirs.tokens) {
    const permissions = (await tokens.find(organizationId, token.tokenId))?.permissions;
    if (permissions?.type === 'policies' && permissions.policyIds.includes(policyId)) named.push(token);
  }
  return { tokens: [...bounded.tokens, ...named].slice(0, SHOWN), total: bounded.total + named.length };
};

const readEdit = (
  catalogue: PermissionCatalogue,
  statements: unknown,
): {
  readonly problems: Output<'policies', 'previewUpdate'>['problems'];
  readonly read: readonly Statement[] | null;
} => {
  try {
    return { problems: [], read: readPolicyStatements(statements, catalogue) };
  } catch (error) {
    if (!(error instanceof LatchkeyError) || error.code !== 'PERMISSIONS_INVALID') throw error;
    return {
      problems: (error.details['problems'] ?? []) as Output<'policies', 'previewUpdate'>['problems'],
      read: null,
    };
  }
};
