import type { HostMember, PermissionCatalogue } from '@latchkey/core';
import type { OrganizationPrincipal } from '../principal.ts';
import { memberOf } from '../tokens/member-of.ts';
import { may } from './demand.ts';

/**
 * Whether the caller may read the policies that apply to this member: an administrator, the member itself, and a token that
 * inherits them. What another token was given is all that it is told (NO-SELF-HELP).
 */
export const mayReadPolicies = (
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  owner: HostMember | null,
): boolean => {
  if (may(principal, catalogue.management.administer)) return true;
  const isOwner = owner !== null && memberOf(principal)?.memberId === owner.memberId;
  return isOwner && (principal.type === 'member' || principal.token.permissions.type === 'inherit');
};

/** Whether the caller may read the text of this policy: of any where it administers, else of those that apply to it. */
export const mayReadPolicy = (
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  policyId: string | undefined,
): boolean => {
  if (policyId === undefined) return false;
  if (may(principal, catalogue.management.administer)) return true;
  if (principal.type === 'token' && principal.token.permissions.type === 'policies') {
    return principal.token.permissions.policyIds.includes(policyId);
  }
  const member = memberOf(principal);
  return mayReadPolicies(principal, catalogue, member) && (member?.policies.some(({ id }) => id === policyId) ?? false);
};
