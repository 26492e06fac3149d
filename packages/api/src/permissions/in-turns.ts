import { setImmediate } from 'node:timers/promises';
import type { Steps } from '@latchkey/core/policy';

/** BOUNDED-WORK: after each step whoever else has a request here gets its turn; the whole may take as long as it takes. */
export const inTurns = async <T>(steps: Steps<T>): Promise<T> => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
};
