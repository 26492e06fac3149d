import { spawn } from 'node:child_process';
import { command, environment } from './latchkey-process.ts';

export interface Screen {
  readonly code: number;
  /** Everything that was drawn, escape sequences included; the terminal's line ends made plain. */
  readonly text: string;
}

const shellWord = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Runs `latchkey` in a pseudo-terminal, made by script(1) of util-linux. `react` sees the screen whenever it changes, and
 * types: `\u0003` is Ctrl-C, which the terminal turns into a signal.
 */
export const runInTerminal = (
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  options: {
    readonly columns?: number;
    /** Redirections and pipes behind the command, in the shell's words. */
    readonly behind?: string;
    readonly started?: (type: (keys: string) => void) => void;
    readonly react?: (text: string, type: (keys: string) => void) => void;
  } = {},
): Promise<Screen> =>
  new Promise((done, failed) => {
    const line = `stty cols ${options.columns ?? 160} rows 50; exec ${command(args).map(shellWord).join(' ')} ${options.behind ?? ''}`;
    const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      env: { ...environment({ TERM: 'xterm', ...variables }), SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk).replaceAll('\r\n', '\n');
      options.react?.(text, (keys) => child.stdin.write(keys));
    });
    options.started?.((keys) => child.stdin.write(keys));
    child.on('error', failed);
    child.on('close', (code) => done({ code: code ?? -1, text }));
  });
