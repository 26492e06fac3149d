import type { Parameters } from 'fast-check';

/** `pnpm test:deep` runs the same tests at length, on other cases each time; `npm test` a few, always the same ones. */
const isDeep = process.env['LATCHKEY_DEEP'] === '1';

/** How many times more is done in depth. */
export const DEPTH = isDeep ? 30 : 1;

/** For fast-check: so many runs, or {@link DEPTH} times as many. A failure in depth names its seed. */
export const runs = (numRuns: number): Parameters<unknown> =>
  isDeep ? { numRuns: numRuns * DEPTH } : { numRuns, seed: 4 };
