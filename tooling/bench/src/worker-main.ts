import { describeMachine } from './machine.ts';
import { seedTokens } from './verify/seed-tokens.ts';
import { startWorld, type World } from './verify/world.ts';
import { loadAverage, writeResult } from './verify/write-result.ts';
import { measureCascades } from './worker/cascade.ts';
import { measureExpiry } from './worker/expiry.ts';
import { measureRelay } from './worker/relay.ts';
import { measureReminderScan } from './worker/reminder-scan.ts';
import { seedOwner } from './worker/seed-owner.ts';
import { openRedis } from './worker/workers.ts';

process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

const isSmall = process.argv.includes('--small');
const tokens = isSmall ? { cascade: 5_000, million: 20_000 } : { cascade: 100_000, million: 1_000_000 };
const day = 86_400_000;
const part = process.argv.find((each) => each.startsWith('--part='))?.slice(7);
const redis = await openRedis();
if (redis === null) console.log('!!! No Redis: its half is left out.');
const redisUrl = redis?.url ?? null;

const judge = (target: string, value: number, met: boolean, unit = '') => ({
  target,
  measured: `${value.toFixed(value < 10 ? 2 : 0)}${unit}`,
  met,
});

/** One database for each part: what one leaves behind must not weigh on the other. */
const run = async (
  name: string,
  work: (world: World) => Promise<{ readonly targets: readonly ReturnType<typeof judge>[] }>,
) => {
  if (part !== undefined && part !== name) return;
  const before = loadAverage();
  const world = await startWorld({ durable: true });
  try {
    const measured = await work(world);
    const load = { before, after: loadAverage() };
    writeResult(`worker-${name}.json`, { machine: describeMachine(), load, ...measured });
    for (const { target, measured: value, met } of measured.targets) {
      console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${value}`);
    }
  } finally {
    await world.stop();
  }
};

try {
  await run('removal', async (world) => {
    const relay = await measureRelay(world, isSmall ? 500 : 5_000, redisUrl);
    const cascade = await measureCascades(world, tokens.cascade, redisUrl);
    const plainMs = (cascade.plainMs[0] + cascade.plainMs[1]) / 2;
    const targets = [
      ...Object.entries(cascade.cascadeMs).map(([backend, ms]) =>
        judge(
          `${cascade.tokens} tokens of a member, on ${backend}: at most 3 times the plain UPDATE`,
          ms / plainMs,
          ms / plainMs <= 3,
          ' x',
        ),
      ),
      ...Object.entries(relay).map(([backend, ms]) =>
        judge(`relay on ${backend}: under 2 ms a message`, ms, ms < 2, ' ms'),
      ),
    ];
    return { relay, cascade, targets };
  });

  await run('million', async (world) => {
    const others = await seedTokens(world, 1_000);
    const expiry = await measureExpiry(world, others, tokens.million, redisUrl);
    console.log('expiry', expiry);
    // What is due is a handful among the million: those that expire in four days.
    await seedOwner(world.pool, 'soon', 100, new Date(Date.now() + 4 * day));
    const scan = await measureReminderScan(world, tokens.million);
    const lookedAt = scan.reads.reduce((sum, { rows }) => sum + rows, 0);
    const slowdown = expiry.beside.p50 / expiry.quiet.p50;
    const targets = [
      judge(
        `${expiry.tokens} tokens expire in one second: accepted late`,
        expiry.acceptedLate,
        expiry.acceptedLate === 0 && expiry.presentedLate > 0 && expiry.acceptedBefore > 0,
      ),
      judge('verification while they are tidied: median at most twice as long', slowdown, slowdown <= 2, ' x'),
      judge(
        'reminder scan: tokens that it looked at, by an index, for each that was due',
        lookedAt / scan.due,
        scan.reads.length > 0 &&
          scan.reads.every(({ node, index }) => node.startsWith('Index') && index !== null) &&
          lookedAt <= 4 * scan.due,
      ),
    ];
    return { expiry, scan, targets };
  });
} finally {
  await redis?.stop();
}
