import type { Host, PermissionCatalogue, Policy, Tx } from '@latchkey/core';
import { readHostPolicies } from '@latchkey/core/policy';
import { permissionsInvalid } from './permission-problem.ts';

/** The host's policies that somebody named for a token, in that order; each has to exist and to be readable. */
export const namedPolicies = async (
  deps: { readonly host: Host },
  scope: { readonly organizationId: string; readonly catalogue: PermissionCatalogue; readonly tx?: Tx | undefined },
  policyIds: readonly string[],
): Promise<readonly Policy[]> => {
  const found = await deps.host.findPolicies(scope.organizationId, policyIds, scope.tx);
  const { policies, unreadable } = readHostPolicies(found, scope.catalogue.dialect);
  const problems = policyIds.flatMap((policyId, index) => {
    const path = `[${index}]`;
    if (!found.some(({ id }) => id === policyId)) {
      return [{ path, code: 'unknown_policy', message: 'There is no such policy.' }];
    }
    return unreadable.length > 0
      ? [{ path, code: 'unreadable', message: 'One of these policies cannot be read.' }]
      : [];
  });
  if (problems.length > 0) throw permissionsInvalid('permissions.policyIds', problems);
  return policyIds.flatMap((policyId) => policies.filter(({ id }) => id === policyId));
};
