import { setTimeout as delay } from 'node:timers/promises';

/** What `look` gives as soon as it is neither false nor undefined. */
export const awaitUntil = async <T>(
  what: string,
  look: () => Promise<T | false | undefined> | T | false | undefined,
  withinMs = 20_000,
): Promise<T> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`Within ${withinMs} ms it did not happen that ${what}.`);
    await delay(10);
  }
};
