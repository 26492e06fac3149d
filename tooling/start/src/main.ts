import { dirname } from 'node:path';
import { parseStartOptions, startHelp } from '../options.mjs';
import { builtPrograms } from './programs.ts';
import { runStart } from './run.ts';

// Whoever reads us may go away first: that must not keep us from stopping what we started.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const parsed = parseStartOptions(process.argv.slice(2));
if (parsed.kind === 'start') {
  const root = dirname(dirname(dirname(import.meta.dirname)));
  process.exit(
    await runStart(parsed.options, {
      environment: process.env,
      programs: builtPrograms(root),
      stdout: (text) => process.stdout.write(text),
    }),
  );
}
process.stderr.write(parsed.kind === 'help' ? startHelp : `${parsed.message}\n\n${startHelp}`);
process.exit(parsed.kind === 'help' ? 0 : 2);
