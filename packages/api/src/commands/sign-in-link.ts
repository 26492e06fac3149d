import { type ErrorCode, LatchkeyError } from '@latchkey/core/errors';
import { issueSignInLink, type SignInLink } from '../session/issue-sign-in-link.ts';
import { CommandFailed } from './exit.ts';
import type { CommandDeps } from './open-deps.ts';

const PAGE = 200;

/** One link for one member. @throws CommandFailed where there is no such active member. */
export const linkMember = async (deps: CommandDeps, organizationId: string, memberId: string): Promise<SignInLink> => {
  try {
    return await issueSignInLink(deps, organizationId, memberId);
  } catch (error) {
    const because = error instanceof LatchkeyError ? whyNot[error.code] : undefined;
    if (because === undefined) throw error;
    throw new CommandFailed(`${memberId} of ${organizationId}: ${because}`, { cause: error });
  }
};

/** One link for each active member of the organizations that are named, or of all. */
export const linkEveryone = async (
  deps: CommandDeps,
  organizationIds: readonly string[],
): Promise<readonly SignInLink[]> => {
  const all = await deps.directory.organizations.list();
  const unknown = organizationIds.find((id) => !all.some(({ organizationId }) => organizationId === id));
  if (unknown !== undefined) throw new CommandFailed(`There is no organization ${unknown}.`);
  const links: SignInLink[] = [];
  for (const { organizationId } of all) {
    if (organizationIds.length > 0 && !organizationIds.includes(organizationId)) continue;
    for (let after: string | undefined; ; ) {
      const members = await deps.directory.members.list(organizationId, {
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const { memberId } of members) links.push(await issueSignInLink(deps, organizationId, memberId));
      after = members.at(-1)?.memberId;
      if (members.length < PAGE) break;
    }
  }
  return links;
};

const whyNot: Partial<Record<ErrorCode, string>> = {
  NOT_FOUND: 'there is no such member.',
  MEMBER_REMOVED: 'this member has been removed.',
};
