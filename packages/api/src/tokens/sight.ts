import type { PermissionCatalogue } from '@latchkey/core';
import type { TokenRecord } from '@latchkey/store';
import { use } from '../permissions/demand.ts';
import type { OrganizationPrincipal } from '../principal.ts';

/** Whether a caller may see every token of its organization. */
export const mayList = (principal: OrganizationPrincipal, catalogue: PermissionCatalogue): boolean =>
  use(principal, catalogue.management.list);

/**
 * Whether a caller may see this token. Without the permission to list, a member sees its own personal tokens; a
 * presented token sees itself, and not its owner's others (NO-SELF-HELP).
 */
export const maySee = (
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  token: Pick<TokenRecord, 'organizationId' | 'tokenId' | 'kind' | 'ownerId'>,
): boolean => {
  if (token.organizationId !== principal.organizationId) return false;
  if (mayList(principal, catalogue)) return true;
  if (principal.type === 'token') return token.tokenId === principal.token.tokenId;
  return token.kind === 'personal' && token.ownerId === principal.member.memberId;
};
