import type { HostMember, TokenPermissions } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { managementRequest } from '@latchkey/core/policy';
import type { TokenWithDigests } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { layersOf } from '../permissions/effective-layers.ts';
import { requireCovered } from '../permissions/require-covered.ts';
import { requireMember } from './member-of.ts';
import { refuseBeyondOwner } from './personal-permissions.ts';
import { requireTargetCovered } from './require-target-covered.ts';

type Kind = 'personal' | 'service';

/** COVERED-AT-ISSUE: a pin that isn't of the transaction confirms after the commit, and without one nothing holds still. */
export const requirePin = ({ host }: Pick<ApiDeps, 'host'>, kind: Kind): void => {
  if (kind === 'service' && host.issuerPin?.kind !== 'transactional') throw new LatchkeyError('HOST_CANNOT_PIN');
};

/** The member who issues a token of this kind, if it may. */
export const requireIssuer = ({ principal, catalogue: { management } }: Acting, kind: Kind): HostMember => {
  const issuer = requireMember(principal);
  const { memberId } = issuer;
  const request =
    kind === 'service'
      ? managementRequest(management, 'service', 'issue', {})
      : managementRequest(management, 'personal', 'issue', { memberId });
  demand(principal, request);
  return issuer;
};

/** NO-ESCALATION: refuses to issue what the caller doesn't cover, or what the owner of a personal token can't have. */
export const requireIssuable = async (
  deps: ApiDeps,
  { tx, organizationId, catalogue, principal }: Acting,
  issuer: HostMember,
  permissions: TokenPermissions,
): Promise<void> => {
  const scope = { organizationId, catalogue, owner: issuer, tx };
  if (permissions.type === 'frozen') {
    const layers = await layersOf(deps, scope, { organizationId, kind: 'service', permissions }, null);
    requireCovered(principal.layers, layers);
    return;
  }
  await refuseBeyondOwner(deps, scope, permissions);
  // A member covers its own token: it is intersected with its permissions at every decision. A token may be narrower.
  if (principal.type !== 'token') return;
  const layers = await layersOf(deps, scope, { organizationId, kind: 'personal', permissions }, issuer);
  requireCovered(
    principal.layers.filter(({ layer }) => layer === 'token'),
    layers,
  );
};

/** Who may be told the secret of a token that it has issued before, once more: whoever could issue it now. */
export const repeatIssue =
  (deps: ApiDeps) =>
  async (acting: Acting, target: TokenWithDigests): Promise<void> => {
    requireIssuer(acting, target.kind);
    await requireTargetCovered(deps, acting, target);
  };
