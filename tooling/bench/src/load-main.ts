import { describeMachine } from './machine.ts';
import { measureCascade } from './verify/cascade.ts';
import { seedTokens } from './verify/seed-tokens.ts';
import { measureStops } from './verify/stops.ts';
import { startWorld } from './verify/world.ts';
import { loadAverage, writeResult } from './verify/write-result.ts';

process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

const VERIFIERS = 8;
const loadBefore = loadAverage();
const world = await startWorld({ durable: true });
try {
  const stops = await measureStops(world, VERIFIERS, 300);
  console.log(`stops with ${VERIFIERS} healthy verifiers`, stops);
  const loadOfStops = loadAverage();
  const others = await seedTokens(world, 10_000);
  const cascade = await measureCascade(world, others, { perSecond: 1_500, seconds: 60, tokens: 100_000 });
  console.log('a cascade under load', cascade);
  const judge = (target: string, value: number, met: boolean) => ({ target, measured: String(value), met });
  const targets = [
    judge('a stopping call, 99th percentile under 50 ms', stops.settledMs.p99, stops.settledMs.p99 < 50),
    judge('errors under load', cascade.errors, cascade.errors === 0),
    judge(
      'accepted after the removal had returned',
      cascade.acceptedAfterRemoval,
      cascade.acceptedAfterRemoval === 0 && cascade.afterRemoval > 0,
    ),
    judge(
      'verifications a second',
      Math.round(cascade.driven.requests / cascade.driven.seconds),
      cascade.driven.requests / cascade.driven.seconds >= 0.98 * cascade.perSecond,
    ),
  ];
  const load = { before: loadBefore, afterStops: loadOfStops, after: loadAverage() };
  writeResult('load.json', { machine: describeMachine(), load, stops, cascade, targets });
  console.log('load', load);
  for (const { target, measured, met } of targets) console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}`);
} finally {
  await world.stop();
}
