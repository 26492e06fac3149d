import type { Change } from '@latchkey/store';

/**
 * Waits until no verification can accept any more what these changes stopped (DEAD-ON-RETURN).
 *
 * Every verification reads token, gate and marks on the primary at each call, and none is answered from memory: the
 * COMMIT that the caller has just seen is the settlement. Leases of caches, once there are any, are waited for here.
 */
export const settle = async (_changes: readonly Change[]): Promise<true> => true;
