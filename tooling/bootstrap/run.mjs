// `node tooling/bootstrap/run.mjs COMMAND …`: a command of the workspace (biome, tsc, turbo) under the prepared tool chain.
import { prepareAndBecome } from './main.mjs';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  process.stderr.write('Usage: node tooling/bootstrap/run.mjs COMMAND [ARGUMENT…]\n');
  process.exit(2);
}
await prepareAndBecome({ withBuild: false, command: () => [command, ...args] });
