import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitForLock } from './process/lock.mjs';
import { createProgress } from './progress.mjs';
import { build } from './steps/build.mjs';
import { ensureDependencies } from './steps/dependencies.mjs';
import { ensureToolChain } from './steps/tool-chain.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Gets the tool chain, the dependencies and the build in place, each only where it isn't yet. One preparation at a time: a second one
 * waits, and then finds everything done.
 *
 * @param {{ withBuild: boolean }} options
 * @returns {Promise<{ node: string, environment: NodeJS.ProcessEnv }>} the Node to go on under, and its environment
 */
export const prepare = async ({ withBuild }) => {
  const progress = createProgress();
  const lock = await waitForLock(join(root, '.toolchain', 'lock'), (holder) =>
    progress.say(`Waiting for another preparation in this checkout (process ${holder.pid}).`),
  );
  try {
    const toolChain = await progress.step('Tool chain', (say) =>
      ensureToolChain({ root, environment: process.env, say }),
    );
    const environment = {
      ...process.env,
      PATH: [toolChain.path, join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
      // Nothing here tells anybody that it ran.
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      DO_NOT_TRACK: '1',
    };
    await progress.step('Dependencies', (say) => ensureDependencies({ root, pnpm: toolChain.pnpm, environment, say }));
    if (withBuild) await progress.step('Build', () => build({ root, environment }));
    return { node: toolChain.node, environment };
  } finally {
    lock.release();
  }
};
