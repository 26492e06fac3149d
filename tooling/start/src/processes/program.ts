import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identifyProcess, type ProcessIdentity, stopProcess } from '@latchkey/bootstrap/process';

/** A program that runs as long as the start does. */
export type Program = {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
};

export type RunningProgram = {
  readonly program: Program;
  readonly identity: ProcessIdentity;
  /** Fulfilled when it ended, with the code or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly stop: () => Promise<void>;
};

/** How each of our programs is stopped: orderly (each gives itself ten seconds at most), and for sure. */
export const stopSteps = [
  { signal: 'SIGTERM', waitMs: 12_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

export const processFile = (folder: string, name: string): string => join(folder, 'processes', `${name}.json`);
export const logFile = (folder: string, name: string): string => join(folder, 'logs', `${name}.log`);

export const readLogEnd = (folder: string, name: string, lines = 20): string => {
  try {
    return readFileSync(logFile(folder, name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
};

const end = (child: ChildProcess): Promise<number | NodeJS.Signals> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 1));
  });

/**
 * Starts a program in a process group of its own, so that Ctrl-C in a terminal does not reach it past us: the order of stopping is
 * ours. It is written down at once, for the start after one that was killed.
 */
export const startProgram = (folder: string, program: Program): RunningProgram => {
  const file = processFile(folder, program.name);
  for (const path of [file, logFile(folder, program.name)]) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const log = openSync(logFile(folder, program.name), 'a', 0o600);
  const child = spawn(process.execPath, [program.file, ...program.args], {
    env: program.environment,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = end(child);
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity === undefined) {
    throw new Error(`${program.name} ended as it began.\n${readLogEnd(folder, program.name)}`);
  }
  writeFileSync(file, JSON.stringify(identity), { mode: 0o600 });
  return {
    program,
    identity,
    ended,
    stop: async () => {
      await stopProcess(identity, stopSteps);
      rmSync(file, { force: true });
    },
  };
};
