// `npm test`: everything in place, then every test under the prepared Node.
import { join } from 'node:path';
import { prepareAndBecome } from './main.mjs';
import { root } from './prepare.mjs';

await prepareAndBecome({
  withBuild: true,
  command: (node) => [node, join(root, 'tooling', 'test-run', 'src', 'main.ts'), ...process.argv.slice(2)],
});
