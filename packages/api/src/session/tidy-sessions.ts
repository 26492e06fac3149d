import type { ApiDeps } from '../deps.ts';

const EVERY_MS = 3_600_000;

/**
 * Removes sessions and links that have ended, at most once an hour and only when somebody signs in: what adds rows also
 * takes them away. What has ended is refused by its row anyway, so a failure is logged and nothing more.
 */
export const createSessionTidying = (deps: Pick<ApiDeps, 'store' | 'clock' | 'logger'>): (() => Promise<void>) => {
  let lastAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = deps.clock.now();
    if (now - lastAt < EVERY_MS) return;
    lastAt = now;
    try {
      await deps.store.sessions.removeEnded(now);
    } catch (error) {
      deps.logger.warn({ err: error }, 'ended sessions were not removed');
    }
  };
};
