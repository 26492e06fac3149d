import { join } from 'node:path';
import { parseStartOptions } from '../options.mjs';
import { runStart } from '../src/run.ts';

const folder = join(import.meta.dirname, 'stand-in');
const parsed = parseStartOptions(process.argv.slice(2));
if (parsed.kind !== 'start') throw new Error('wrong options');
process.exit(
  await runStart(parsed.options, {
    environment: process.env,
    programs: {
      server: join(folder, 'server.mjs'),
      worker: join(folder, 'service.mjs'),
      exampleService: join(folder, 'service.mjs'),
    },
    stdout: (text) => process.stdout.write(text),
  }),
);
