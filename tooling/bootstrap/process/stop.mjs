import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './identity.mjs';

/**
 * Sends each signal in turn until the process is gone. Gives the signal that did it, or undefined where it outlived all.
 *
 * @param {import('./index.d.mts').ProcessIdentity} identity
 * @param {readonly import('./index.d.mts').StopStep[]} steps
 * @returns {Promise<NodeJS.Signals | 'already-gone' | undefined>}
 */
export const stopProcess = async (identity, steps) => {
  if (!isAlive(identity)) return 'already-gone';
  for (const { signal, waitMs } of steps) {
    try {
      process.kill(identity.pid, signal);
    } catch {
      // Gone between the look and the signal.
    }
    const deadline = performance.now() + waitMs;
    do {
      if (!isAlive(identity)) return signal;
      await delay(15);
    } while (performance.now() < deadline);
  }
  return undefined;
};
