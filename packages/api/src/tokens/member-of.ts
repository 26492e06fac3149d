import type { HostMember } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { OrganizationPrincipal } from '../principal.ts';

/** The member behind a caller: a session's, or the owner of the personal token presented; `null` for a service token. */
export const memberOf = (principal: OrganizationPrincipal): HostMember | null =>
  principal.type === 'member' ? principal.member : principal.owner;

/** The same where nobody but a member will do. */
export const requireMember = (principal: OrganizationPrincipal): HostMember => {
  const member = memberOf(principal);
  if (member === null) throw new LatchkeyError('CREDENTIAL_KIND', { expected: 'member' });
  return member;
};
