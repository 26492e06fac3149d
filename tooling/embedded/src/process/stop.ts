import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './identity.ts';

export type StopStep = { readonly signal: NodeJS.Signals; readonly waitMs: number };

/** Sends each signal in turn until the process is gone. Gives the signal that did it, or undefined where it outlived all. */
export const stopProcess = async (
  identity: ProcessIdentity,
  steps: readonly StopStep[],
): Promise<NodeJS.Signals | 'already-gone' | undefined> => {
  if (!isAlive(identity)) return 'already-gone';
  for (const { signal, waitMs } of steps) {
    try {
      process.kill(identity.pid, signal);
    } catch {
      // Gone between the look and the signal.
    }
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if (!isAlive(identity)) return signal;
      await delay(15);
    }
  }
  return isAlive(identity) ? undefined : 'SIGKILL';
};
