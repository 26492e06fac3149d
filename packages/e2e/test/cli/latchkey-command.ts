import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../cli/dist/bin.js', import.meta.url));

export interface Ran {
  /** -1 where a signal ended it. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built `latchkey` as a script does: pipes for all streams, and an environment of its own. */
export const latchkeyCommand = (
  args: readonly string[],
  given: {
    readonly env: Readonly<Record<string, string>>;
    readonly input: string;
    readonly started?: (child: ChildProcess) => Promise<void>;
  },
): Promise<Ran> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [bin, ...args], { env: { PATH: process.env['PATH'] ?? '', ...given.env } });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', failed);
    child.on('exit', (code) => done({ code: code ?? -1, out, err }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(given.input);
    given.started?.(child).catch(failed);
  });
