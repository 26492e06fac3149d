import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Env = Readonly<Record<string, string>>;

export const FROM_SOURCE = ['--conditions=@latchkey/source', '--disable-warning=ExperimentalWarning'];
const SERVER = fileURLToPath(new URL('../../../../packages/api/src/bin.ts', import.meta.url));
export const WORKER = fileURLToPath(new URL('../../../../packages/worker/src/bin.ts', import.meta.url));
export const CONTENDER = fileURLToPath(new URL('contender-main.ts', import.meta.url));

const inherited = (): Env => ({ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' });

/** A command of `latchkey-server`, to its end; gives what it printed. */
export const runServerCommand = (args: readonly string[], env: Env): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...FROM_SOURCE, SERVER, ...args], { env: { ...inherited(), ...env } });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${args.join(' ')}: ${err}`))));
  });

export interface Program {
  readonly child: ChildProcess;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program that will listen at `url`, and waits until `path` of it answers. What it logs goes nowhere. */
export const startProgram = async (
  file: string,
  args: readonly string[],
  env: Env,
  { url, path }: { readonly url: string; readonly path: string },
): Promise<Program> => {
  const child = spawn(process.execPath, [...FROM_SOURCE, file, ...args], {
    env: { ...inherited(), ...env },
    stdio: ['ignore', process.env['BENCH_SHOW'] === undefined ? 'ignore' : 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  for (const deadline = performance.now() + 60_000; ; ) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    if (await isUp(url + path)) break;
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${file} did not become ready`);
    }
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return { child, url, pid: child.pid ?? 0, stop };
};

export const startServer = (env: Env, url: string): Promise<Program> =>
  startProgram(SERVER, ['serve'], { ...env, LATCHKEY_PORT: new URL(url).port }, { url, path: '/readyz' });

const isUp = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status < 500;
  } catch {
    return false;
  }
};
