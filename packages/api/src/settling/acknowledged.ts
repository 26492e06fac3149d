import { isVisible, parseSnapshot } from '@latchkey/core/verifier';
import type { Registry, StopReceipt } from '@latchkey/store';

export type KnownRegistry = Pick<Registry, 'incarnation' | 'rows'>;

/**
 * Whether every verifier of this incarnation has applied what the transaction changed. A row of another incarnation is
 * nobody's any more; an empty registry has nobody to wait for.
 */
export const isAcknowledged = ({ incarnation, rows }: KnownRegistry, receipt: StopReceipt): boolean =>
  // A receipt of another incarnation names a transaction by an id that may be somebody else's by now.
  incarnation === receipt.incarnation &&
  rows.every((row) => row.incarnation !== incarnation || hasSeen(row.applied, receipt.xid));

const hasSeen = (applied: string, xid: string): boolean => {
  try {
    return isVisible(parseSnapshot(applied), BigInt(xid));
  } catch (error) {
    // FAIL-CLOSED: what can't be read acknowledges nothing.
    if (error instanceof RangeError || error instanceof SyntaxError) return false;
    throw error;
  }
};
