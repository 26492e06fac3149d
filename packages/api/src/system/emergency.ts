import type { Output, ParsedInput } from '@latchkey/contract';
import { actAndStopOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';

/**
 * Recalls every token of the organization by its mark: one row, however many tokens there are. Asked again it recalls what
 * has been issued since; by the same idempotency key, nothing more than it did.
 */
export const declareEmergency = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'system', 'emergency'>,
): Promise<Output<'system', 'emergency'>> => {
  const call = { procedure: 'system.emergency', input };
  const { settlement } = await actAndStopOnce(deps, by, call, { wait }, async (acting) => {
    const { tx, organizationId, principal, catalogue } = acting;
    demand(principal, catalogue.management.administer);
    const mark = await deps.store.organizations.raiseMark(tx, organizationId);
    await acting.stops({ subject: 'organization', organizationId });
    await acting.audit({
      action: 'organization.emergency',
      target: { type: 'organization', id: organizationId },
      reason: input.reason,
      details: { mark },
    });
    return null;
  });
  return settlement;
};
