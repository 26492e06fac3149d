import type { Output, ParsedInput } from '@latchkey/contract';
import type { HostMember, PermissionCatalogue, TokenPermissions } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { nameKey } from '@latchkey/core/lifecycle';
import { managementRequest } from '@latchkey/core/policy';
import { newTokenId } from '@latchkey/core/token';
import { type Acting, act, actorOf } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { layersOf } from '../permissions/effective-layers.ts';
import { requireCovered } from '../permissions/require-covered.ts';
import { checkProject } from './check-project.ts';
import { checkAddressRanges, checkExpiry, checkName } from './check-terms.ts';
import { frozenPermissions } from './frozen-permissions.ts';
import { requireMember } from './member-of.ts';
import { mintSecret } from './mint-secret.ts';
import { personalPermissions, refuseBeyondOwner } from './personal-permissions.ts';
import { viewToken } from './view-tokens.ts';

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
  return act(deps, by, { pin: service }, async (acting) => {
    const { tx, now, organizationId, catalogue, principal } = acting;
    const issuer = requireMember(principal);
    demand(principal, issueRequest(catalogue, input.kind, issuer));
    const parent = principal.type === 'token' ? principal.token : null;
    const expiresAt = checkExpiry(input.expiresAt, now, parent);
    const addressRanges = checkAddressRanges(input.addressRanges, parent);
    const project = checkProject(principal, catalogue, input.project);
    const permissions = await covered(deps, acting, issuer, input);
    const organization = await deps.store.organizations.find(organizationId, tx);
    if (organization === null) throw new LatchkeyError('NOT_FOUND');
    const token = {
      organizationId,
      tokenId: newTokenId(deps.crypto, organization.routingKey),
      kind: input.kind,
      name: input.name,
      description: input.description ?? null,
      state: 'active' as const,
      ownerId: service ? null : issuer.memberId,
      issuer: actorOf(principal),
      parentTokenId: parent?.tokenId ?? null,
      project,
      permissions,
      addressRanges,
      createdAt: now,
      expiresAt,
      marks: await marksFor(deps, acting, service ? null : issuer.memberId),
    };
    const { text, secret } = mintSecret(deps, token, 1, now);
    const issued = await deps.store.tokens.insert(tx, token, nameKey(token.name), secret);
    await acting.audit({
      action: 'token.issued',
      target: { type: 'token', id: token.tokenId },
      details: {
        kind: token.kind,
        name: token.name,
        project,
        permissions: permissions.type,
        parent: token.parentTokenId,
      },
    });
    return { token: await viewToken(deps, organizationId, issued, now, tx), tokenText: text };
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

/** Those of the issue; the owner's gate is locked already. */
const marksFor = async (deps: ApiDeps, { tx, organizationId }: Acting, ownerId: string | null) => {
  const gate = ownerId === null ? null : await deps.store.ownerGates.find(organizationId, ownerId, tx);
  return { ...(await deps.store.organizations.marks(organizationId, tx)), owner: gate?.mark ?? 0 };
};
