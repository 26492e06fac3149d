#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { EXIT, failureOf } from './exit.ts';
import { createProgram } from './program.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

try {
  await createProgram(version, (text) => process.stdout.write(text)).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has written its own line; asking for help or the version is no error.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    const { line, code } = failureOf(error);
    process.stderr.write(`latchkey: ${line}\n`);
    process.exitCode = code;
  }
}
