#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { readEnvironment } from './config.ts';
import { runLatchkey } from './run.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// A reader that goes away is told to each write by its callback; without a listener it would end the process with a stack.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = await runLatchkey(process.argv.slice(2), {
  environment: readEnvironment(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  version,
  exit: (code) => process.exit(code),
});
