import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { toPolicyRecordView } from './policy-view.ts';

/** One policy of the organization. */
export const getPolicy = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { policyId }: ParsedInput<'policies', 'get'>,
): Promise<Output<'policies', 'get'>> => {
  const policy = await requireDirectory(deps).policies.find(organizationId, policyId);
  if (policy === null) throw new LatchkeyError('NOT_FOUND');
  return toPolicyRecordView(policy);
};
