import { join } from 'node:path';
import { runCommand } from '../process/run.mjs';

/**
 * Builds what changed; turbo skips the rest by its cache in a fraction of a second.
 *
 * @param {{ root: string, environment: NodeJS.ProcessEnv }} options
 */
export const build = ({ root, environment }) =>
  runCommand(join(root, 'node_modules', '.bin', 'turbo'), ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    env: environment,
  });
