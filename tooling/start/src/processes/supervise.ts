import { setTimeout as delay } from 'node:timers/promises';
import { type Program, type RunningProgram, readLogEnd, startProgram } from './program.ts';

export type Supervised = {
  readonly pid: () => number;
  /** Fulfilled with the reason when it has ended too often to be started again. */
  readonly givenUp: Promise<string>;
  readonly stop: () => Promise<void>;
};

export type SuperviseOptions = {
  readonly folder: string;
  readonly program: Program;
  /** Asked until it agrees, at the first start only. */
  readonly isReady: () => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly readyWithinMs: number;
};

/** So many ends within a minute, and it is not started again. */
const endsAMinute = 5;

/**
 * Keeps a program running: one that ends by itself is started again after a second.
 *
 * @throws Error with the end of its log where it does not become ready.
 */
export const superviseProgram = async (options: SuperviseOptions): Promise<Supervised> => {
  const { folder, program, say } = options;
  options.signal.throwIfAborted();
  let running = startProgram(folder, program);
  try {
    await waitUntilReady(running, options);
  } catch (error) {
    await running.stop();
    throw error;
  }

  const stopping = new AbortController();
  const ends: number[] = [];
  const watch = async (): Promise<string> => {
    for (;;) {
      const how = await running.ended;
      if (stopping.signal.aborted) return await new Promise<never>(() => undefined);
      const now = performance.now();
      ends.push(now);
      if (ends.filter((end) => now - end < 60_000).length >= endsAMinute) {
        return `${program.name} ended ${endsAMinute} times within a minute, at last with ${how}:\n${readLogEnd(folder, program.name)}`;
      }
      say(`${program.name} ended with ${how}; starting it again.`);
      await delay(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) running = startProgram(folder, program);
    }
  };
  return {
    pid: () => running.identity.pid,
    givenUp: watch(),
    stop: async () => {
      stopping.abort();
      await running.stop();
    },
  };
};

const waitUntilReady = async (running: RunningProgram, options: SuperviseOptions): Promise<void> => {
  const { folder, isReady, readyWithinMs, signal } = options;
  const { name } = running.program;
  const deadline = performance.now() + readyWithinMs;
  let how: number | NodeJS.Signals | undefined;
  void running.ended.then((end) => {
    how = end;
  });
  while (!(await isReady())) {
    signal.throwIfAborted();
    if (how !== undefined)
      throw new Error(`${name} ended with ${how} before it was ready:\n${readLogEnd(folder, name)}`);
    if (performance.now() > deadline) {
      throw new Error(`${name} was not ready after ${readyWithinMs / 1000} s:\n${readLogEnd(folder, name)}`);
    }
    await delay(25);
  }
};
