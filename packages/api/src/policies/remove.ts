import type { Output, ParsedInput } from '@latchkey/contract';
import { administer } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';

/** Removes a policy that no member and no group has. Tokens that name it allow nothing by it from then on. */
export const removePolicy = async (
  deps: ApiDeps,
  by: Caller,
  { policyId }: ParsedInput<'policies', 'remove'>,
): Promise<Output<'policies', 'remove'>> => {
  await administer(deps, by, async ({ tx, organizationId, directory, audit, stops }) => {
    await directory.policies.remove(tx, organizationId, policyId);
    await stops({ subject: 'permissions', organizationId });
    await audit({ action: 'policy.removed', target: { type: 'policy', id: policyId } });
  });
  return { settled: true };
};
