import { spawn } from 'node:child_process';
import { environmentForChildren } from '../config.ts';
import { fail } from '../failure/cli-failure.ts';

/**
 * Gives a secret to a command on its standard input, and waits for it. The command is the operator's own, run by the
 * shell; its environment is ours without our credentials, and what it writes goes to standard error, since standard
 * output is for our data. @throws CliFailure where it fails
 */
export const pipeToCommand = (command: string, text: string): Promise<void> =>
  new Promise((done, failed) => {
    const child = spawn(command, { shell: true, env: environmentForChildren(), stdio: ['pipe', 2, 2] });
    child.on('error', (error) => failed(fail('COMMAND_FAILED', { how: error.message })));
    child.on('close', (code, signal) =>
      code === 0 ? done() : failed(fail('COMMAND_FAILED', { how: String(signal ?? code) })),
    );
    // A command that reads nothing closes the pipe: whether that was all right is said by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${text}\n`);
  });
