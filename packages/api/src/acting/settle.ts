import type { SettlementView } from '@latchkey/contract';
import type { StopReceipt } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { writeReceipt } from '../settling/receipt-text.ts';

/** The part of a stopping call's answer that says how far it has settled. */
export type Settlement = SettlementView;

export const NOTHING_TO_SETTLE: Settlement = { settled: true, settledMs: 0 };

/**
 * After COMMIT was answered: waits until no verification can accept any more what the transaction stopped
 * (DEAD-ON-RETURN), or hands out a receipt for whoever will.
 */
export const settle = async (
  deps: Pick<ApiDeps, 'settler' | 'crypto' | 'keys'>,
  organizationId: string,
  receipt: StopReceipt,
  wait: boolean,
): Promise<Settlement> => {
  if (!wait) return { settled: false, receipt: writeReceipt(deps, organizationId, receipt) };
  const { settledMs } = await deps.settler.settle(receipt);
  return { settled: true, settledMs };
};
