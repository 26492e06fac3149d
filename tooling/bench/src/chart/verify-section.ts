import type { CascadeLoad } from '../verify/cascade.ts';
import type { Measured, Target } from '../verify/judge.ts';
import type { Warm } from '../verify/measure-warm.ts';
import { BETTER_AUTH, NAMES } from '../verify/names.ts';
import type { Stops } from '../verify/stops.ts';
import { tableOf, targetsSentence, withSection } from './section.ts';
import type { VerifyBar } from './verify-chart.ts';

export interface VerifyResult extends Measured {
  readonly machine: string;
  readonly targets: readonly Target[];
}

export interface LoadResult {
  readonly machine: string;
  readonly stops: Stops;
  readonly cascade: CascadeLoad;
  readonly targets: readonly Target[];
}

/** In process, at the fewest tokens: by processor time where nothing but this process works, else by the time that passes. */
export const verifyBars = ({
  warm,
  firstSight,
  betterAuthPerSecond,
  betterAuthOnRedisPerSecond,
}: VerifyResult): readonly VerifyBar[] => [
  ...(warm[0]?.laps ?? []).map(({ name, cpuNs }) => ({
    name: name.replace(', with a decision', ''),
    perSecond: 1e9 / cpuNs,
    isOurs: name === NAMES.node || name === NAMES.sibling,
  })),
  ...firstSight.map(({ name, wallNs }, index) => ({ name, perSecond: 1e9 / wallNs, isOurs: index === 1 })),
  ...(betterAuthOnRedisPerSecond === null
    ? []
    : [{ name: BETTER_AUTH.betterAuthOnRedis, perSecond: betterAuthOnRedisPerSecond, isOurs: false }]),
  { name: BETTER_AUTH.betterAuth, perSecond: betterAuthPerSecond, isOurs: false },
];

/**
 * The document with the picture, the tables and what became of the targets as these results have them; without `verify`,
 * which takes a machine that has nothing else to do, with what stops and the load have shown.
 */
export const withVerifySection = (document: string, verify: VerifyResult | null, load: LoadResult): string =>
  withSection(document, [
    ...(verify === null ? [] : verifyParagraphs(verify)),
    loadSentence(load),
    targetsSentence(load.targets),
  ]);

const verifyParagraphs = (verify: VerifyResult): readonly string[] => [
  '![How many verifications a second each way does](verify.svg)',
  `One run, ${verify.machine}. In process, each in one of its own, nanoseconds of processor time for each verification, a tenth of them invalid; in brackets how many times as long as SHA-256 with a Map takes. What was seen is remembered for two hours here, instead of five minutes: to see a million tokens takes longer than that.`,
  warmTable(verify),
  `Of each token the Map takes ${memoryOf(verify, 'map')} bytes of the heap, an API node ${memoryOf(verify, 'node')}, a sibling service ${memoryOf(verify, 'sibling')}. A first sight, 64 at a time, microseconds:`,
  tableOf(
    ['', 'passed', 'of this process’s processor'],
    verify.firstSight.map(({ name, wallNs, cpuNs }) => [name, short(wallNs / 1_000), short(cpuNs / 1_000)]),
  ),
  `better-auth’s api-key plugin, a tenth of its ${whole(verify.warm[0]?.tokens ?? 0)} keys’ verifications invalid too, on the same PostgreSQL, whose commits reach the disk: ${whole(verify.betterAuthPerSecond)} a second${onRedis(verify)}. Over HTTP, each in a process of its own, 32 connections:`,
  tableOf(
    ['', 'a second', 'processor µs for each', 'MB', 'p99 ms'],
    verify.http.map((row) => [
      row.name,
      whole(row.requestsPerSecond),
      short(row.cpuUs),
      whole(row.megabytes),
      short(row.p99Ms),
    ]),
  ),
  'Good tokens beside a flood of made-up ones, every one of those another:',
  tableOf(
    ['', 'good ones take', 'made up', 'reached the database'],
    verify.floods.map(({ name, slowdown, madeUp, reachedDatabase }) => [
      name,
      // JSON has no NaN: of those in process nothing was measured beside.
      Number.isFinite(slowdown) ? `${short(slowdown)} times as long` : '',
      whole(madeUp),
      whole(reachedDatabase),
    ]),
  ),
  targetsSentence(verify.targets),
];

const warmTable = ({ warm }: VerifyResult): string => {
  const names = warm[0]?.laps.map(({ name }) => name) ?? [];
  const lapOf = (index: number, name: string) =>
    warm[index]?.laps.find((lap) => lap.name === name)?.cpuNs ?? Number.NaN;
  return tableOf(
    ['', ...warm.map(({ tokens }) => `${whole(tokens)} tokens`)],
    names.map((name) => [
      name,
      ...warm.map(
        (_, index) => `${whole(lapOf(index, name))} (${short(lapOf(index, name) / lapOf(index, NAMES.map))})`,
      ),
    ]),
  );
};

const onRedis = ({ betterAuthOnRedisPerSecond: perSecond }: VerifyResult): string =>
  perSecond === null ? '' : `, on Redis ${whole(perSecond)}`;

const memoryOf = ({ warm }: VerifyResult, of: keyof Warm['heapBytesOfToken']): string =>
  whole(warm.at(-1)?.heapBytesOfToken[of] ?? 0);

const loadSentence = ({ machine, stops, cascade }: LoadResult): string =>
  `On a PostgreSQL that flushes its commits (${machine}): ${whole(stops.stops)} stopping calls, one after the other, with ${stops.verifiers} healthy verifiers settled within ${short(stops.settledMs.p99)} ms of their COMMIT (99th percentile), ${short(stops.callMs.p99)} ms from the HTTP call to its answer. ${whole(cascade.perSecond)} verifications a second over HTTP for ${cascade.seconds} s, in the middle of which a member with ${whole(cascade.tokens)} tokens was removed: ${cascade.errors} errors, ${cascade.acceptedAfterRemoval} of ${whole(cascade.afterRemoval)} of its tokens’ verifications accepted after the removal had returned (${short(cascade.removalMs)} ms), 99th percentile ${short(cascade.driven.p99)} ms.`;

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const short = (value: number): string => (value >= 100 ? whole(value) : String(Number(value.toPrecision(2))));
