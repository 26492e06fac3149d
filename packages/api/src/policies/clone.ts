import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { administer } from '../acting/administer.ts';
import { newId } from '../acting/new-id.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toPolicyRecordView } from './policy-view.ts';

/** Copies a policy under another name, a built-in one too: the copy can be edited. Nobody has it yet. */
export const clonePolicy = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'policies', 'clone'>,
): Promise<Output<'policies', 'clone'>> => {
  const { policyId, name } = input;
  checkName(name);
  return administer(
    deps,
    by,
    { procedure: 'policies.clone', input },
    async ({ tx, organizationId, directory, audit }) => {
      const source = await directory.policies.find(organizationId, policyId, tx);
      if (source === null) throw new LatchkeyError('NOT_FOUND');
      const { description, statements } = source;
      const copy = { policyId: newId(deps.crypto), name, description, statements };
      const policy = await directory.policies.insert(tx, organizationId, copy);
      const details = { name, clonedFrom: policyId };
      await audit({ action: 'policy.created', target: { type: 'policy', id: policy.policyId }, details });
      return toPolicyRecordView(policy);
    },
    'POLICY_NAME_TAKEN',
  );
};
