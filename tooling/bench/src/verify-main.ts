import { describeMachine } from './machine.ts';
import { judgeVerify } from './verify/judge.ts';
import { benchVerify } from './verify/verify.ts';
import { loadAverage, writeResult } from './verify/write-result.ts';

// A stop from outside ends the servers too.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));
// Each program that is started is ended with this one.
process.setMaxListeners(50);

const isSmall = process.argv.includes('--small');
const sizes = [10_000, process.argv.includes('--full') ? 1_000_000 : isSmall ? 30_000 : 200_000];
const extent = isSmall
  ? { draws: 50_000, rounds: 5, firstSights: 4_000, requests: 2_000, flood: { texts: 20_000, ms: 1_000 } }
  : { draws: 200_000, rounds: 21, firstSights: 10_000, requests: 12_000, flood: { texts: 100_000, ms: 2_000 } };
const loadBefore = loadAverage();
const measured = await benchVerify({ sizes, ...extent, say: (what) => console.log(what) });
const load = { before: loadBefore, after: loadAverage() };
const targets = judgeVerify(measured);
const machine = describeMachine();
writeResult('verify.json', { machine, load, sizes, ...measured, targets });

console.log(`\n${machine}, load ${load.before} before and ${load.after} after, ${sizes.join(' and ')} tokens\n`);
for (const { tokens, laps, heapBytesOfToken } of measured.warm) {
  console.log(
    `${tokens} tokens in process; of each the Map takes ${heapBytesOfToken.map} bytes, a node ${heapBytesOfToken.node}, a sibling service ${heapBytesOfToken.sibling}`,
  );
  console.table(laps.map(({ name, cpuNs, wallNs }) => ({ name, 'cpu ns': Math.round(cpuNs), ns: Math.round(wallNs) })));
}
console.table(
  measured.firstSight.map(({ name, cpuNs, wallNs }) => ({ name, 'cpu us': cpuNs / 1_000, us: wallNs / 1_000 })),
);
const { betterAuthPerSecond, betterAuthOnRedisPerSecond: onRedis } = measured;
console.log(
  `better-auth's api-key plugin: ${Math.round(betterAuthPerSecond)} a second on PostgreSQL, ${onRedis === null ? 'not measured' : Math.round(onRedis)} on Redis`,
);
console.table(measured.http.map(({ statuses: _, ...row }) => row));
console.table(measured.floods);
for (const { target, measured: value, met } of targets)
  console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${value}`);
