import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const packages = new URL('../../../', import.meta.url);

/** The built programs, run as an operator runs them. */
export const PROGRAMS = {
  server: fileURLToPath(new URL('api/dist/bin.js', packages)),
  worker: fileURLToPath(new URL('worker/dist/bin.js', packages)),
  exampleService: fileURLToPath(new URL('e2e/example-service/dist/main.js', packages)),
} as const;

type Env = Readonly<Record<string, string>>;

const inherited = (): Env => ({ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' });

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Everything that it wrote so far, both streams. */
  readonly output: () => string;
  readonly stop: (signal?: NodeJS.Signals) => Promise<{ readonly code: number | null }>;
}

/** Starts a program and waits until `ready` says so; throws with its output where it ends or takes too long. */
export const startProgram = async (
  file: string,
  args: readonly string[],
  env: Env,
  ready: (output: string) => Promise<boolean> | boolean,
  withinMs = 30_000,
): Promise<RunningProgram> => {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await ended;
    }
    return { code: child.exitCode };
  };
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}:\n${output}`);
    return ready(output);
  }, withinMs).catch(async (error: unknown) => {
    await stop('SIGKILL');
    throw new Error(`${file} did not become ready:\n${output}`, { cause: error });
  });
  return { child, output: () => output, stop };
};

/** Runs a command to its end. Throws with its standard error where it fails. */
export const runProgram = (file: string, args: readonly string[], env: Env): Promise<string> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [file, ...args], { env: { ...inherited(), ...env } });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', failed);
    child.on('close', (code) =>
      code === 0 ? done(out) : failed(new Error(`${file} ${args.join(' ')} ended with ${code}:\n${err}${out}`)),
    );
  });

/** Waits for a condition that another process makes true. */
export const until = async (condition: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not true within ${withinMs} ms: ${condition}`);
    await new Promise((resume) => setTimeout(resume, 25));
  }
};

export const answersOk = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};
