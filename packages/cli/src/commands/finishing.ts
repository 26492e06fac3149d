import { EXIT } from '../exit.ts';
import type { Work } from './kit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does work that must not be left half done: the first interrupt is answered with a sentence, and the work goes on (a call
 * gives up by itself after half a minute); a second one ends the process, and says what that may have cost.
 */
export const finishing = async (
  { desk, world, say }: Work,
  abandon: () => Promise<void>,
  work: () => Promise<void>,
): Promise<void> => {
  let asked = false;
  const interrupted = () => {
    if (!asked) {
      asked = true;
      void desk.warn('FINISHING', say('finishing'));
      return;
    }
    void Promise.allSettled([desk.warn('LEFT_UNFINISHED', say('leftUnfinished')), abandon()]).finally(() =>
      world.exit(EXIT.interrupted),
    );
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  try {
    await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
};
