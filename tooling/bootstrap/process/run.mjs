import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and keeps what it prints for the case that it fails. A signal to us goes on to the command, and we end
 * with it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<string>} standard output and standard error
 */
export const runCommand = (command, args, { cwd, env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const forwarding = forwardSignals(child);
    child.on('error', (error) => {
      forwarding.end();
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      forwarding.end();
      if (forwarding.received !== undefined) process.kill(process.pid, forwarding.received);
      else if (code === 0) resolve(output);
      else
        reject(new Error(`${[command, ...args].join(' ')}\nended with ${code ?? signal}:\n${lastLines(output, 60)}`));
    });
  });

/** @param {string} text @param {number} count */
const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');

/** @param {import('node:child_process').ChildProcess} child */
const forwardSignals = (child) => {
  const state = {
    /** @type {NodeJS.Signals | undefined} */
    received: undefined,
    end: () => {
      for (const signal of signals) process.off(signal, forward);
    },
  };
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    state.received = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return state;
};

/** @type {readonly NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Goes on as another program: same terminal, signals passed on, and its exit code ours.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
export const becomeCommand = (command, args, { cwd, env }) =>
  new Promise((_resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const forwarding = forwardSignals(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      forwarding.end();
      if (signal !== null) process.kill(process.pid, signal);
      else process.exit(code ?? 1);
    });
  });
