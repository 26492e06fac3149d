import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { awaitUntil } from './await-until.ts';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

/** `latchkey-worker` as a process of its own, with nothing in its environment but what is given. */
export const startWorkerProcess = (environment: Readonly<Record<string, string>>, args: readonly string[] = []) => {
  const child = spawn(process.execPath, ['--conditions=@latchkey/source', bin, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    pid: child.pid,
    output: () => output,
    // A process that starts on a machine with much else to do takes its time.
    saying: (message: string, withinMs = 60_000) =>
      awaitUntil(
        `the worker said "${message}"`,
        () => {
          if (child.exitCode !== null) throw new Error(`The worker ended with ${child.exitCode}:\n${output}`);
          return output.includes(`"msg":"${message}"`);
        },
        withinMs,
      ),
    /** @returns the exit code, `null` where the signal ended it. */
    end: (signal: NodeJS.Signals) => {
      process.off('exit', kill);
      child.kill(signal);
      return ended;
    },
    ended,
  };
};
