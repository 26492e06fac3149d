import type { Output, ParsedInput } from '@latchkey/contract';
import { administerAndStop } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';

/** Removes a policy that no member and no group has. Tokens that name it allow nothing by it from then on. */
export const removePolicy = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'policies', 'remove'>,
): Promise<Output<'policies', 'remove'>> => {
  const { policyId } = input;
  const { settlement } = await administerAndStop(
    deps,
    by,
    { procedure: 'policies.remove', input, wait },
    async ({ tx, organizationId, directory, audit, stops }) => {
      await directory.policies.remove(tx, organizationId, policyId);
      await stops({ subject: 'permissions', organizationId });
      await audit({ action: 'policy.removed', target: { type: 'policy', id: policyId } });
    },
  );
  return settlement;
};
