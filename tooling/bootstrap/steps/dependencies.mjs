import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintFiles, readStamp, writeStamp } from '../fingerprint.mjs';
import { runCommand } from '../process/run.mjs';

/** @param {string} root @returns {readonly string[]} what decides which packages are installed */
export const dependencyFiles = (root) => {
  const manifests = ['packages', 'packages/e2e', 'tooling'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => join(root, folder, entry.name, 'package.json'))
          .filter((file) => existsSync(file))
      : [],
  );
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].map((file) => join(root, file)).concat(manifests);
};

/**
 * Installs the workspace's dependencies as the lock file says, unless nothing changed since the last time.
 *
 * @param {{ root: string, pnpm: string, environment: NodeJS.ProcessEnv, say: (detail: string) => void }} options
 */
export const ensureDependencies = async ({ root, pnpm, environment, say }) => {
  const stamp = join(root, 'node_modules', '.latchkey-dependencies');
  const wanted = fingerprintFiles(dependencyFiles(root), [process.platform, process.arch, root]);
  if (readStamp(stamp) === wanted) return;
  say('installing as pnpm-lock.yaml says');
  await runCommand(pnpm, ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'], {
    cwd: root,
    // Without a terminal pnpm would ask before it removes a node_modules folder of another kind.
    env: { ...environment, CI: 'true' },
  });
  writeStamp(stamp, wanted);
};
