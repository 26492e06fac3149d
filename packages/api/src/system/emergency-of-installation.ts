import type { Output, ParsedInput } from '@latchkey/contract';
import type { OperatorCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { recallEverything } from './recall-everything.ts';

/** Recalls every token of every organization. Sibling services go on verifying, unless their credentials are named too. */
export const declareEmergencyOfInstallation = async (
  deps: Pick<ApiDeps, 'store' | 'settler'>,
  { principal: { credential }, call }: OperatorCaller,
  { reason, credentials }: ParsedInput<'system', 'emergencyOfInstallation'>,
): Promise<Output<'system', 'emergencyOfInstallation'>> => {
  const receipt = await recallEverything(deps, {
    action: 'installation.emergency',
    actor: { type: 'credential', id: credential.credentialId },
    call,
    reason,
    credentials,
    sessions: false,
  });
  const { settledMs } = await deps.settler.settle(receipt);
  return { settled: true, settledMs };
};
