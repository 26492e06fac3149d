import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BETTER_AUTH, NAMES } from './names.ts';
import type { NodeSetting } from './node.ts';
import { FROM_SOURCE } from './programs.ts';
import { type Lap, quartileOf, type Times } from './race.ts';
import type { World } from './world.ts';

export type Kind = keyof typeof NAMES | keyof typeof BETTER_AUTH;

/** What a process of `warm-main.ts` is told. */
export interface Setting extends NodeSetting {
  readonly credential: string;
  readonly validFile: string;
  readonly invalidFile: string;
  readonly draws: number;
  readonly tokens: number;
  /** For who writes at each verification. */
  readonly adminUrl: string;
  readonly redisUrl: string | null;
}

/** One that takes its turns beside, with keys of its own, as many. */
export interface Rival {
  readonly kind: keyof typeof BETTER_AUTH;
  /** Where it writes them. */
  readonly validFile: string;
  /** So many in each round: it is slower by far. */
  readonly draws: number;
  readonly redisUrl: string | null;
}

export type Question = 'lap' | 'end';
export interface End {
  readonly madeUpLookUps: number;
}
export type Reply =
  | { readonly ready: true; readonly heapBytes: number }
  | { readonly lap: Times }
  | { readonly end: End };

export interface Warm {
  readonly tokens: number;
  readonly laps: readonly Lap[];
  /** What a remembered token takes, by the process's heap. */
  readonly heapBytesOfToken: { readonly map: number; readonly node: number; readonly sibling: number };
  /** Look-ups that made-up texts have caused in a node. */
  readonly madeUpLookUps: number;
}

/**
 * Everything has been seen before; a tenth of the texts is made up. Each way to verify has a process of its own, as it has
 * where it works, and they take turns, round by round, rivals among them: what else the machine does meets all of them. Of
 * the rounds the lower quartile.
 */
export const measureWarm = async (
  world: World,
  valid: readonly string[],
  invalid: readonly string[],
  { rounds, draws, rivals }: { readonly rounds: number; readonly draws: number; readonly rivals: readonly Rival[] },
): Promise<{ readonly warm: Warm; readonly rivals: readonly Lap[] }> => {
  const fileOf = (name: string, texts: readonly string[]): string => {
    const file = join(world.folder, `${name}-${valid.length}`);
    writeFileSync(file, texts.join('\n'));
    return file;
  };
  const setting: Setting = {
    ...world.nodeSetting,
    credential: world.credential,
    validFile: fileOf('valid', valid),
    invalidFile: fileOf('invalid', invalid),
    draws,
    tokens: valid.length,
    adminUrl: world.adminUrl,
    redisUrl: null,
  };
  const kinds = Object.keys(NAMES) as readonly (keyof typeof NAMES)[];
  const racers = new Map<Kind, Racer>();
  try {
    for (const kind of kinds) racers.set(kind, await startRacer(kind, setting));
    for (const { kind, ...own } of rivals) racers.set(kind, await startRacer(kind, { ...setting, ...own }));
    const laps = new Map([...racers.keys()].map((kind) => [kind, [] as Times[]]));
    const lapOf = (kind: Kind): Lap => ({ name: nameOf(kind), ...quartileOf(laps.get(kind) ?? []) });
    // The first round is the compiler's.
    for (let round = -1; round < rounds; round += 1) {
      for (const [kind, racer] of racers) {
        const reply = await racer.ask('lap');
        if ('lap' in reply && round >= 0) laps.get(kind)?.push(reply.lap);
      }
    }
    let madeUpLookUps = 0;
    for (const racer of racers.values()) {
      const reply = await racer.ask('end');
      if ('end' in reply) madeUpLookUps += reply.end.madeUpLookUps;
    }
    const bytesOf = (kind: Kind) => Math.round((racers.get(kind)?.heapBytes ?? Number.NaN) / valid.length);
    const heapBytesOfToken = { map: bytesOf('map'), node: bytesOf('node'), sibling: bytesOf('sibling') };
    return {
      warm: { tokens: valid.length, laps: kinds.map(lapOf), heapBytesOfToken, madeUpLookUps },
      rivals: rivals.map(({ kind }) => lapOf(kind)),
    };
  } finally {
    for (const racer of racers.values()) racer.kill();
  }
};

interface Racer {
  readonly heapBytes: number;
  readonly ask: (question: Question) => Promise<Reply>;
  readonly kill: () => void;
}

const nameOf = (kind: Kind): string => ({ ...NAMES, ...BETTER_AUTH })[kind];

const MAIN = fileURLToPath(new URL('warm-main.ts', import.meta.url));

const startRacer = async (kind: Kind, setting: Setting): Promise<Racer> => {
  const child = fork(MAIN, { execArgv: [...FROM_SOURCE, '--expose-gc'], serialization: 'advanced' });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const ended = new AbortController();
  child.once('exit', () => ended.abort(new Error(`${nameOf(kind)} has ended with ${child.exitCode}`)));
  const next = async (): Promise<Reply> => ((await once(child, 'message', { signal: ended.signal })) as [Reply])[0];
  child.send({ ...setting, kind });
  const ready = await next();
  return {
    heapBytes: 'ready' in ready ? ready.heapBytes : Number.NaN,
    ask: (question) => {
      child.send(question);
      return next();
    },
    kill,
  };
};
