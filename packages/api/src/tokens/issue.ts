import type { Output, ParsedInput } from '@latchkey/contract';
import type { HostMember, TokenPermissions } from '@latchkey/core';
import type { Acting } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { checkName, checkTerms } from './check-terms.ts';
import { frozenPermissions } from './frozen-permissions.ts';
import { repeatIssue, requireIssuable, requireIssuer, requirePin } from './issuing.ts';
import { personalPermissions } from './personal-permissions.ts';
import { revealOnce } from './reveal-once.ts';
import { storeToken } from './store-token.ts';

type IssueInput = ParsedInput<'tokens', 'issue'>;

/**
 * Issues a token and reveals it, once. NO-ESCALATION: nobody issues what it doesn't cover itself.
 *
 * COVERED-AT-ISSUE: for a service token the host's permissions are pinned first, then the issuer is read, compared and
 * the row inserted, all in one transaction: a demotion comes before the reading or after the commit.
 */
export const issueToken = async (deps: ApiDeps, by: Caller, input: IssueInput): Promise<Output<'tokens', 'issue'>> => {
  const { kind, name, description = null } = input;
  checkName(name);
  requirePin(deps, kind);
  const work = async (acting: Acting) => {
    const issuer = requireIssuer(acting, kind);
    const terms = await checkTerms(deps, acting, input);
    const permissions = await permissionsFor(deps, acting, issuer, input);
    await requireIssuable(deps, acting, issuer, permissions);
    const ownerId = kind === 'service' ? null : issuer.memberId;
    return storeToken(deps, acting, { kind, name, description, ownerId, permissions, ...terms });
  };
  const options = { pin: kind === 'service' };
  return revealOnce(deps, by, { procedure: 'tokens.issue', input }, options, work, repeatIssue(deps));
};

const permissionsFor = (
  deps: ApiDeps,
  { tx, organizationId, catalogue }: Acting,
  issuer: HostMember,
  { kind, permissions }: IssueInput,
): Promise<TokenPermissions> => {
  const scope = { organizationId, catalogue, owner: issuer, tx };
  return kind === 'service'
    ? frozenPermissions(deps, scope, permissions)
    : personalPermissions(deps, scope, permissions);
};
