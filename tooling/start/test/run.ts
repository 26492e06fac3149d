import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess, isAlive, type ProcessIdentity } from '@latchkey/bootstrap/process';

export type Started = {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: Promise<number | null>;
};

export const start = (
  dataDir: string,
  args: readonly string[] = [],
  environment = {},
  program = 'start-stand-ins.ts',
) => {
  const file = join(import.meta.dirname, program);
  const child = spawn(process.execPath, [file, '--data-dir', dataDir, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, exitCode } satisfies Started;
};

export const waitFor = async <T>(what: string, look: () => T | undefined | false): Promise<T> => {
  const deadline = performance.now() + 25_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await delay(20);
  }
};

export type ReadyLine = {
  url: string;
  exampleServiceUrl: string;
  organizations: { id: string; members: { id: string; signInLink: string }[] }[];
};

export const untilReady = async (started: Started): Promise<ReadyLine> => {
  const line = await waitFor(`a line of JSON; ${started.stderr()}`, () => {
    if (started.child.exitCode !== null) throw new Error(`ended: ${started.stderr()}`);
    return started.stdout().includes('\n') && started.stdout();
  });
  return JSON.parse(line);
};

/** Everything that runs for this folder, by name. */
export const runningIn = (dataDir: string): Record<string, ProcessIdentity> => {
  const found: Record<string, ProcessIdentity> = {};
  const processes = join(dataDir, 'processes');
  for (const name of existsSync(processes) ? readdirSync(processes) : []) {
    const identity = JSON.parse(readFileSync(join(processes, name), 'utf8')) as ProcessIdentity;
    if (isAlive(identity)) found[name.replace('.json', '')] = identity;
  }
  const lock = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  const postgres = existsSync(lock) ? identifyProcess(Number(readFileSync(lock, 'utf8').split('\n')[0])) : undefined;
  return postgres === undefined ? found : { ...found, postgres };
};
