import type { Host } from '@latchkey/core';
import type { OrganizationPrincipal } from '../principal.ts';
import { demand } from './demand.ts';

/** Refuses whoever may not administer the organization, by the action that its host's catalogue names. */
export const requireAdminister = async (deps: { readonly host: Host }, principal: OrganizationPrincipal) => {
  const { management } = await deps.host.catalogue(principal.organizationId);
  demand(principal, management.administer);
};
