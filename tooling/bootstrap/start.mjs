// `npm start`: everything in place, then the development orchestrator under the prepared Node.
import { join } from 'node:path';
import { parseStartOptions, startHelp } from '../start/options.mjs';
import { prepareAndBecome } from './main.mjs';
import { root } from './prepare.mjs';

const given = process.argv.slice(2);
// Said before anything is fetched: a typing mistake should not cost a minute.
const parsed = parseStartOptions(given);
if (parsed.kind === 'help') {
  process.stdout.write(startHelp);
} else if (parsed.kind === 'wrong') {
  process.stderr.write(`${parsed.message}\n\n${startHelp}`);
  process.exitCode = 2;
} else {
  await prepareAndBecome({
    withBuild: true,
    command: (node) => [node, join(root, 'tooling', 'start', 'src', 'main.ts'), ...given],
  });
}
