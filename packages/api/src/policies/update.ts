import type { Output, ParsedInput } from '@latchkey/contract';
import { administerAndStop } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { guardGrant } from '../permissions/guard-grant.ts';
import { guardNamingTokens } from '../permissions/guard-naming-tokens.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toPolicyRecordView } from './policy-view.ts';
import { readPolicyStatements } from './read-policy.ts';

/** Changes a policy for everybody who has it, from the commit on. */
export const updatePolicy = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'policies', 'update'>,
): Promise<Output<'policies', 'update'>> => {
  const { policyId, revision, idempotencyKey: _, ...asked } = input;
  if (asked.name !== undefined) checkName(asked.name);
  const { result: policy, settlement } = await administerAndStop(
    deps,
    by,
    { procedure: 'policies.update', input, wait },
    async (acting) => {
      const { tx, organizationId, catalogue, directory } = acting;
      const { statements, ...named } = withoutUndefined(asked);
      const change =
        statements === undefined ? named : { ...named, statements: readPolicyStatements(statements, catalogue) };
      const holders = await directory.policies.membersWith(organizationId, policyId, tx);
      const updated = await guardNamingTokens(deps, acting, policyId, () =>
        guardGrant(deps, acting, holders, () =>
          directory.policies.update(tx, organizationId, policyId, revision, change),
        ),
      );
      await acting.stops({ subject: 'permissions', organizationId });
      const details = { changed: Object.keys(change), name: updated.name };
      await acting.audit({ action: 'policy.updated', target: { type: 'policy', id: policyId }, details });
      return toPolicyRecordView(updated);
    },
    'POLICY_NAME_TAKEN',
  );
  return { policy, ...settlement };
};
