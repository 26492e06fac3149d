import type { Flood } from './floods.ts';
import type { Warm } from './measure-warm.ts';
import { NAMES } from './names.ts';
import { HTTP_NAMES, type HttpRow } from './over-http.ts';
import type { Lap } from './race.ts';

export interface Measured {
  readonly warm: readonly Warm[];
  readonly firstSight: readonly Lap[];
  /** Verifications a second of better-auth's plugin on PostgreSQL, in process. */
  readonly betterAuthPerSecond: number;
  /** The same on Redis; `null` where there is none. */
  readonly betterAuthOnRedisPerSecond: number | null;
  readonly http: readonly HttpRow[];
  readonly floods: readonly Flood[];
}

export interface Target {
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/**
 * What is asked of verification. In process and over HTTP by processor time, which other programs on the machine blur least;
 * where a database answers by the time that passes, for it works beside.
 */
export const judgeVerify = (measured: Measured) => {
  const { warm, firstSight, betterAuthPerSecond, betterAuthOnRedisPerSecond, http, floods } = measured;
  const lapOf = ({ laps }: Warm, name: string): number => laps.find((lap) => lap.name === name)?.cpuNs ?? Number.NaN;
  const cpuOf = (name: string): number => http.find((row) => row.name === name)?.cpuUs ?? Number.NaN;
  const timesBetterAuth = (each: Warm, name: string, times: number, on: string, perSecond: number) =>
    atLeast(
      `${each.tokens}: ${name}: at least ${times} times better-auth on ${on}`,
      1e9 / lapOf(each, name) / perSecond,
      times,
    );
  const [select, first] = firstSight;
  return [
    ...warm.flatMap((each, index) =>
      [NAMES.node, NAMES.sibling].flatMap((name) => [
        atLeast(
          `${each.tokens}: ${name}: at least 0.5 of ${NAMES.map}`,
          lapOf(each, NAMES.map) / lapOf(each, name),
          0.5,
        ),
        // Of better-auth with as many keys, and that is measured with the fewest only.
        ...(index > 0
          ? []
          : [
              timesBetterAuth(each, name, 500, 'PostgreSQL', betterAuthPerSecond),
              ...(betterAuthOnRedisPerSecond === null
                ? []
                : [timesBetterAuth(each, name, 50, 'Redis', betterAuthOnRedisPerSecond)]),
            ]),
      ]),
    ),
    ...flatness(warm, lapOf),
    atLeast(
      'first sight: at least 0.8 of one prepared SELECT',
      (select?.wallNs ?? Number.NaN) / (first?.wallNs ?? Number.NaN),
      0.8,
    ),
    ...warm.map(({ tokens, madeUpLookUps }) =>
      is(`${tokens}: made-up tokens: look-ups`, madeUpLookUps, madeUpLookUps === 0),
    ),
    // Each against what is asked in the same way: to read a body costs a server half as much again.
    ...(
      [
        [HTTP_NAMES.forwardAuth, HTTP_NAMES.map],
        [HTTP_NAMES.introspect, HTTP_NAMES.mapForm],
      ] as const
    ).map(([name, other]) => atLeast(`${name}: at least 0.8 of ${other}`, cpuOf(other) / cpuOf(name), 0.8)),
    atLeast(
      `${HTTP_NAMES.verify}: at least 0.85 of ${HTTP_NAMES.trpc}`,
      cpuOf(HTTP_NAMES.trpc) / cpuOf(HTTP_NAMES.verify),
      0.85,
    ),
    ...floods.flatMap(({ name, slowdown, reachedDatabase }) => [
      ...(Number.isNaN(slowdown) ? [] : [atMost(`${name}: good ones take at most twice as long`, slowdown, 2)]),
      is(`${name}: statements`, reachedDatabase, name.startsWith('a sibling') || reachedDatabase === 0),
    ]),
  ] satisfies readonly Target[];
};

/** As flat as the Map is: what it loses with the processor's caches is theirs. */
const flatness = (warm: readonly Warm[], lapOf: (each: Warm, name: string) => number): readonly Target[] => {
  const [few, many] = [warm[0], warm.at(-1)];
  if (few === undefined || many === undefined || few === many) return [];
  const growth = (name: string) => lapOf(many, name) / lapOf(few, name);
  return [NAMES.node, NAMES.sibling].map((name) =>
    atMost(
      `${name}: from ${few.tokens} to ${many.tokens} tokens it grows at most 1.5 times as much as ${NAMES.map}`,
      growth(name) / growth(NAMES.map),
      1.5,
    ),
  );
};

const show = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
const atLeast = (target: string, value: number, least: number): Target => ({
  target,
  measured: `${show(value)} x`,
  met: value >= least,
});
const atMost = (target: string, value: number, most: number): Target => ({
  target,
  measured: `${show(value)} x`,
  met: value <= most,
});
const is = (target: string, value: number, met: boolean): Target => ({ target, measured: String(value), met });
