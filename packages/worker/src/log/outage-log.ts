import type { Logger } from 'pino';

const quietMs = 30_000;

/**
 * A listener for errors that come by the hundred while something is out of reach: the first is a line, then one every
 * half minute with the number of those that were swallowed.
 */
export const createOutageLog = (logger: Logger, source: string): ((error: Error) => void) => {
  let saidAt = Number.NEGATIVE_INFINITY;
  let swallowedCount = 0;
  return (err) => {
    const now = performance.now();
    if (now - saidAt < quietMs) {
      swallowedCount += 1;
      return;
    }
    logger.warn({ source, swallowedCount, err }, 'out of reach or in error');
    saidAt = now;
    swallowedCount = 0;
  };
};
