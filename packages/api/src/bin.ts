#!/usr/bin/env node
import { runServerCommand } from './commands/program.ts';
import { readEnv } from './env.ts';
import { untilAskedToStop } from './shutdown.ts';

// Not left to an empty event loop: a connection that hangs must not keep a finished command alive.
process.exit(
  await runServerCommand(process.argv.slice(2), {
    readEnv,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    untilStopped: untilAskedToStop,
  }),
);
