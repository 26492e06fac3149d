import type { Output, ParsedInput } from '@latchkey/contract';
import { administer } from '../acting/administer.ts';
import { newId } from '../acting/new-id.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toPolicyRecordView } from './policy-view.ts';
import { readPolicyStatements } from './read-policy.ts';

/** Writes a new policy. It gives nobody anything until a member or a group has it. */
export const createPolicy = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'policies', 'create'>,
): Promise<Output<'policies', 'create'>> => {
  const { name, description, statements } = input;
  checkName(name);
  return administer(
    deps,
    by,
    { procedure: 'policies.create', input },
    async ({ tx, organizationId, catalogue, directory, audit }) => {
      const policy = await directory.policies.insert(tx, organizationId, {
        policyId: newId(deps.crypto),
        name,
        description: description ?? null,
        statements: readPolicyStatements(statements, catalogue),
      });
      await audit({ action: 'policy.created', target: { type: 'policy', id: policy.policyId }, details: { name } });
      return toPolicyRecordView(policy);
    },
    'POLICY_NAME_TAKEN',
  );
};
