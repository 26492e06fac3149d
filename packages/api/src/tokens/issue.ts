import type { Output, ParsedInput } from '@latchkey/contract';
import type { HostMember, PermissionCatalogue, TokenPermissions } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { managementRequest } from '@latchkey/core/policy';
import type { Acting } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { layersOf } from '../permissions/effective-layers.ts';
import { requireCovered } from '../permissions/require-covered.ts';
import { checkProject } from './check-project.ts';
import { checkAddressRanges, checkExpiry, checkName } from './check-terms.ts';
import { frozenPermissions } from './frozen-permissions.ts';
import { requireMember } from './member-of.ts';
import { personalPermissions, refuseBeyondOwner } from './personal-permissions.ts';
import { requireTargetCovered } from './require-target-covered.ts';
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
  checkName(input.name);
  const service = input.kind === 'service';
  // A pin of the other kind confirms after the commit, which asks for pending tokens; without one nothing holds still.
  if (service && deps.host.issuerPin?.kind !== 'transactional') throw new LatchkeyError('HOST_CANNOT_PIN');
  const work = async (acting: Acting) => {
    const { now, catalogue, principal } = acting;
    const issuer = requireMember(principal);
    demand(principal, issueRequest(catalogue, input.kind, issuer));
    const parent = principal.type === 'token' ? principal.token : null;
    const expiresAt = checkExpiry(input.expiresAt, now, parent);
    const addressRanges = checkAddressRanges(input.addressRanges, parent);
    const project = checkProject(principal, catalogue, input.project);
    const permissions = await covered(deps, acting, issuer, input);
    const { kind, name, description = null } = input;
    const ownerId = service ? null : issuer.memberId;
    return storeToken(deps, acting, {
      kind,
      name,
      description,
      ownerId,
      project,
      permissions,
      addressRanges,
      expiresAt,
    });
  };
  return revealOnce(deps, by, { procedure: 'tokens.issue', input }, { pin: service }, work, async (acting, target) => {
    demand(acting.principal, issueRequest(acting.catalogue, target.kind, requireMember(acting.principal)));
    await requireTargetCovered(deps, acting, target);
  });
};

const issueRequest = ({ management }: PermissionCatalogue, kind: IssueInput['kind'], { memberId }: HostMember) =>
  kind === 'service'
    ? managementRequest(management, 'service', 'issue', {})
    : managementRequest(management, 'personal', 'issue', { memberId });

/** What the token will store, once it is shown that the caller may hand it out. */
const covered = async (
  deps: ApiDeps,
  { tx, organizationId, catalogue, principal }: Acting,
  issuer: HostMember,
  input: IssueInput,
): Promise<TokenPermissions> => {
  const scope = { organizationId, catalogue, owner: issuer, tx };
  if (input.kind === 'service') {
    const permissions = await frozenPermissions(deps, scope, input.permissions);
    const layers = await layersOf(deps, scope, { organizationId, kind: 'service', permissions }, null);
    requireCovered(principal.layers, layers);
    return permissions;
  }
  const permissions = await personalPermissions(deps, scope, input.permissions);
  await refuseBeyondOwner(deps, scope, permissions);
  // A member covers its own token: it is intersected with its permissions at every decision. A token may be narrower.
  if (principal.type === 'token') {
    const layers = await layersOf(deps, scope, { organizationId, kind: 'personal', permissions }, issuer);
    requireCovered(
      principal.layers.filter(({ layer }) => layer === 'token'),
      layers,
    );
  }
  return permissions;
};
