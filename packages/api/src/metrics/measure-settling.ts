import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Settler } from '../settling/settler.ts';

/** How long stopping calls wait until nothing can accept any more what they stopped. */
export const measureSettling = (registers: Registry[], settler: Pick<Settler, 'onSettled' | 'waiting'>): void => {
  const seconds = new Histogram({
    name: 'latchkey_settle_seconds',
    help: 'From the COMMIT of a stopping call until it had settled, and by what',
    labelNames: ['by'],
    // The last one but one is what a verifier that is dead or cut off makes a stop take.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.2, 5],
    registers,
  });
  for (const by of ['acknowledgement', 'lease'] as const) seconds.zero({ by });
  settler.onSettled(({ by, settledMs }) => seconds.observe({ by }, settledMs / 1_000));
  new Gauge({
    name: 'latchkey_settle_waiting',
    help: 'Stopping calls that wait at this moment',
    registers,
    collect() {
      this.set(settler.waiting());
    },
  });
};
