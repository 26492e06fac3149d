import { prepare, root } from './prepare.mjs';
import { becomeCommand } from './process/run.mjs';

/**
 * Prepares, then goes on as `command(node)` under the prepared Node.
 *
 * @param {{ withBuild: boolean, command: (node: string) => readonly [string, ...string[]] }} options
 */
export const prepareAndBecome = async ({ withBuild, command }) => {
  try {
    const { node, environment } = await prepare({ withBuild });
    const [program, ...args] = command(node);
    await becomeCommand(program, args, { cwd: root, env: environment });
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
};
