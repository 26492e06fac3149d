import type { Output, ParsedInput } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readReceipt } from '../settling/receipt-text.ts';

/** The other half of a stopping call that didn't wait. Asked again it waits again: an answer that was lost costs nothing. */
export const awaitSettled = async (
  deps: Pick<ApiDeps, 'settler' | 'crypto' | 'keys'>,
  { principal }: Caller,
  { receipt }: ParsedInput<'system', 'awaitSettled'>,
): Promise<Output<'system', 'awaitSettled'>> => {
  const { settledMs } = await deps.settler.settle(readReceipt(deps, principal.organizationId, receipt));
  return { settled: true, settledMs };
};
