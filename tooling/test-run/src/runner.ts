import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startRedis } from '@latchkey/embedded';
import type { Runner } from './selection.ts';
import type { RunnerEnd } from './summary.ts';

export type RunnerOptions = {
  readonly root: string;
  /** Where the JSON report goes. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly limitMs: number;
};

export type FinishedRunner = RunnerEnd & { readonly output: string; readonly tookMs: number };

const findVitest = (folder: string): string => {
  const manifest = createRequire(join(folder, 'package.json')).resolve('vitest/package.json');
  return join(dirname(manifest), 'vitest.mjs');
};

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Asks the runner to stop; one that hangs does not hear, and is killed ten seconds later. */
const stopOnAbort = (child: ChildProcess, signal: AbortSignal): { readonly end: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  };
  signal.addEventListener('abort', stop, { once: true });
  return {
    end: () => {
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
    },
  };
};

/** Runs one package's tests in a process of their own, with a Redis of their own: packages run side by side and must not meet in it. */
export const runTests = async (runner: Runner, options: RunnerOptions): Promise<FinishedRunner> => {
  const began = performance.now();
  const folder = join(options.root, runner.name);
  const report = join(options.folder, `${runner.name.replaceAll('/', '-')}.json`);
  const redis = await startRedis();
  const args = ['run', '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const { exit, output } = await new Promise<{ exit: number | NodeJS.Signals; output: string }>((resolve) => {
      const child = spawn(process.execPath, [findVitest(folder), ...args, ...runner.filters], {
        cwd: folder,
        env: { ...options.environment, ...(redis === undefined ? {} : { REDIS_URL: redis.url }) },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const insist = stopOnAbort(child, AbortSignal.any([options.signal, AbortSignal.timeout(options.limitMs)]));
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
      }
      child.on('error', (error) => {
        text += `\n${error.message}`;
      });
      child.on('close', (code, killedBy) => {
        insist.end();
        resolve({ exit: killedBy ?? code ?? 1, output: text });
      });
    });
    return { name: runner.name, exit, report: readIfThere(report), output, tookMs: performance.now() - began };
  } finally {
    await redis?.stop();
  }
};
