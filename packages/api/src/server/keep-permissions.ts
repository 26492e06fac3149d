import type { ApiDeps } from '../deps.ts';

/**
 * Keeps the permissions of organizations of which nothing is kept yet, as they stand: of a directory that is older than
 * this. Every write keeps its own from then on.
 */
export const keepPresentPermissions = async ({
  store,
  directory,
}: Pick<ApiDeps, 'store' | 'directory'>): Promise<void> => {
  if (directory === null) return;
  for (const { organizationId } of await directory.organizations.list()) {
    if (await store.permissionSets.isBegun(organizationId)) continue;
    await store.unitOfWork.run((tx) => directory.organizations.keepPermissions(tx, organizationId));
  }
};
