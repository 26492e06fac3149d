import { LatchkeyError } from '@latchkey/core/errors';
import { type ManagedVerb, managementRequest, type Request } from '@latchkey/core/policy';
import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import { notAllowed, use } from '../permissions/demand.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { memberOf } from './member-of.ts';
import { maySee } from './sight.ts';

/** As what somebody may do a thing to a token: its owner, who manages service tokens, an administrator, the token. */
export type Standing = 'owner' | 'manager' | 'administrator' | 'itself';

type Verb = Exclude<ManagedVerb, 'issue'>;

type Judged = Pick<TokenRecord, 'organizationId' | 'tokenId' | 'kind' | 'ownerId'>;

/**
 * Judges a verb on the command's target. A personal token is managed by its owner, a service token by whoever may manage
 * those; administrators may stop anybody's and nothing else; a presented token may rotate and revoke itself, and revokes
 * itself with its newest secret only.
 * Whoever may neither do it nor see the token learns only that there is none (TENANT-WALL).
 */
export const authorize = <Target extends Judged>(
  acting: Pick<Acting, 'principal' | 'catalogue'> & { readonly target: Target | null },
  verb: Verb,
): { readonly target: Target; readonly as: Standing } => {
  const { principal, catalogue, target } = acting;
  if (target === null) throw new LatchkeyError('NOT_FOUND');
  const itself = principal.type === 'token' && principal.token.tokenId === target.tokenId;
  // A leaked older secret must not end what the newest one's holder relies on; OAuth's revocation ends that secret alone.
  if (itself && principal.superseded && (verb === 'revoke' || verb === 'deactivate')) {
    throw new LatchkeyError('SECRET_SUPERSEDED');
  }
  if (itself && (verb === 'rotate' || verb === 'revoke')) return { target, as: 'itself' };
  const request = requestFor(acting, verb, target, principal);
  if (request !== null && use(principal, request)) {
    return { target, as: target.kind === 'personal' ? 'owner' : 'manager' };
  }
  const stops = verb === 'deactivate' || verb === 'revoke';
  if (stops && use(principal, catalogue.management.administer)) return { target, as: 'administrator' };
  if (!maySee(principal, catalogue, target)) throw new LatchkeyError('NOT_FOUND');
  if (target.kind === 'service' && verb === 'changePermissions') throw new LatchkeyError('PERMISSIONS_FROZEN');
  if (request === null && !stops) throw new LatchkeyError('OWNER_ONLY');
  throw notAllowed(principal, request ?? catalogue.management.administer);
};

/** What the verb means in the host; `null` for what nobody may: somebody else's personal token, or a frozen one's text. */
const requestFor = (
  { catalogue: { management } }: Pick<Acting, 'catalogue'>,
  verb: Verb,
  { kind, tokenId, ownerId }: Judged,
  principal: OrganizationPrincipal,
): Request | null => {
  if (kind === 'service') {
    return verb === 'changePermissions' ? null : managementRequest(management, 'service', verb, { tokenId });
  }
  const memberId = memberOf(principal)?.memberId;
  if (memberId === undefined || memberId !== ownerId) return null;
  return managementRequest(management, 'personal', verb, { memberId, tokenId });
};
