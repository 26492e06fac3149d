import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

/** The program and the arguments that run `latchkey` from its sources. */
export const command = (args: readonly string[]): readonly [string, ...string[]] => [
  process.execPath,
  '--conditions=@latchkey/source',
  bin,
  ...args,
];

/** An environment with nothing of this machine's in it, a zone that is not UTC, and no profile unless a test makes one. */
export const environment = (variables: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  TZ: 'Asia/Tokyo',
  ...variables,
});

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `latchkey` with pipes for all three streams, as a script does. */
export const run = (
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  options: { readonly input?: string; readonly started?: (child: ChildProcess) => void } = {},
): Promise<Run> =>
  new Promise((done, failed) => {
    const [program, ...rest] = command(args);
    const child = spawn(program, rest, { env: environment(variables) });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code: code ?? (signal === 'SIGINT' ? 130 : -1), out, err }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    options.started?.(child);
  });

/** The one JSON object that a failed run wrote to standard error. */
export const errorOf = ({ err }: Run): { code: string; message: string; hint: string | null; exitCode: number } =>
  (JSON.parse(err) as { error: ReturnType<typeof errorOf> }).error;
