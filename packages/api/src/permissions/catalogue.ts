import type { Output } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';

/** What there is to be allowed in the caller's organization. */
export const readCatalogue = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
): Promise<Output<'permissions', 'catalogue'>> => {
  const { dialect, resourceTypes } = await deps.host.catalogue(organizationId);
  return {
    dialect,
    resourceTypes: resourceTypes.map(({ type, resource, narrowable, actions }) => ({
      type,
      resource,
      narrowable,
      actions: actions.map((action) => ({ ...action })),
    })),
  };
};
