import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { logFile } from './program.ts';

export type OnceOptions = {
  readonly folder: string;
  /** The log that takes its standard error. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
};

/**
 * Runs a program to its end and gives its standard output. That is not logged: it may show a secret, once.
 *
 * @throws Error with what it said on standard error where it fails.
 */
export const runOnce = ({ folder, name, file, args, environment, signal }: OnceOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      mkdirSync(dirname(logFile(folder, name)), { recursive: true, mode: 0o700 });
      appendFileSync(logFile(folder, name), errors, { mode: 0o600 });
      if (code === 0) resolve(output);
      else reject(new Error(`latchkey-server ${args.join(' ')} ended with ${code ?? killedBy}:\n${errors.trim()}`));
    });
  });
