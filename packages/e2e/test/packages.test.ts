import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { filterProblems } from '@arethetypeswrong/core/problems';
import { findFreePort } from '@latchkey/embedded';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLISHED, packAll } from './cli/pack-all.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { answersOk, startProgram } from './harness/program.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-packages-'));
const project = mkdtempSync(join(tmpdir(), 'latchkey-project-'));
let tarballs: Readonly<Record<string, string>>;
let latchkey: Installation;

beforeAll(async () => {
  tarballs = await packAll(folder);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  await run('npm', [...install, ...Object.values(tarballs)], { cwd: project });
  latchkey = await startInstallation();
}, 300_000);
afterAll(async () => {
  await latchkey?.stop();
  for (const each of [folder, project]) rmSync(each, { recursive: true, force: true });
});

const read = (name: string): ArrayBuffer => new Uint8Array(readFileSync(tarballs[name] ?? '')).buffer;
const installed = (name: string) => join(project, 'node_modules/@latchkey', name);
const manifestOf = (name: string) => JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8'));

describe.each(PUBLISHED)('the packed %s', (name) => {
  it('has nothing that publint finds', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: read(name) }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('has types that are right in every resolution that knows ES modules', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(read(name))));
    if (analysis.types === false) throw new Error('There are no types.');
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifestOf(name).exports));
    for (const resolutionKind of ['node16-esm', 'bundler'] as const) {
      expect(filterProblems(analysis, { resolutionKind })).toEqual([]);
    }
  });

  it('names no workspace, catalog or source, and brings its licence and what it says of itself', () => {
    const text = readFileSync(join(installed(name), 'package.json'), 'utf8');
    expect(text).not.toMatch(/workspace:|catalog:|@latchkey\/source|\.ts"(?<!\.d\.ts")/);
    expect(manifestOf(name)).toMatchObject({ license: 'MIT', type: 'module', engines: { node: expect.any(String) } });
    for (const file of ['LICENSE', 'README.md']) expect(existsSync(join(installed(name), file)), file).toBe(true);
    expect(readdirSync(installed(name)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });
});

describe('all packages, installed together in an empty project', () => {
  it('run a short program against a started server', async () => {
    const program = `
import { createLatchkey } from '@latchkey/api/server';
import { EXIT } from '@latchkey/cli';
import { createLatchkeyClient, resource } from '@latchkey/client';
import { contract } from '@latchkey/contract';
import { parseToken } from '@latchkey/core/token';
import { createEmbeddedDirectory } from '@latchkey/host';
import { openStore } from '@latchkey/store';
import { createWorkers } from '@latchkey/worker';

const [url, credential, token] = process.argv.slice(2);
const latchkey = createLatchkeyClient({ url, credential });
const verdict = await latchkey.verify(token);
if (!verdict.accepted) throw new Error('refused: ' + verdict.status);
const flag = resource(['project', 'shop'], ['env', 'prod'], ['flag', 'checkout', { tags: [] }]);
const { effect } = await verdict.decide({ action: 'ToggleFlag', resource: flag });
const parsed = parseToken(token, { prefixes: ['lk'] });
const parts = [createLatchkey, createEmbeddedDirectory, openStore, createWorkers].map((part) => typeof part);
const known = contract.verify.verify.output.safeParse({ accepted: false, status: 401 }).success;
console.log(JSON.stringify({ effect, sameToken: parsed.tokenId === verdict.token.tokenId, parts, known, denied: EXIT.denied }));
await latchkey.close();
`;
    writeFileSync(join(project, 'program.js'), program);
    const args = ['program.js', latchkey.url, latchkey.verifierCredential, latchkey.demoToken];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: project });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      effect: 'allow',
      sameToken: true,
      parts: ['function', 'function', 'function', 'function'],
      known: true,
      denied: 5,
    });
  });

  it.each([
    [['latchkey', '--version'], /^\d+\.\d+\.\d+/],
    [['latchkey', '--help'], /token/],
    [['latchkey-server', '--help'], /serve/],
    [['latchkey-worker', '--help'], /DATABASE_URL/],
  ])('have programs that start: npx %j', async (args, says) => {
    const { stdout } = await run('npx', ['--no-install', ...args], { cwd: project });
    expect(stdout).toMatch(says);
  });

  it('list tokens by the packed CLI', async () => {
    const { stdout } = await run('npx', ['--no-install', 'latchkey', 'whoami'], {
      cwd: project,
      env: { ...process.env, HOME: project, LATCHKEY_URL: latchkey.url, LATCHKEY_TOKEN: latchkey.demoToken },
    });
    expect(JSON.parse(stdout)).toMatchObject({ type: 'token', member: { id: 'dana' } });
  });

  it('serve the console by the packed server alone', async () => {
    const bin = join(installed('api'), 'dist/bin.js');
    const data = mkdtempSync(join(tmpdir(), 'latchkey-data-'));
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const databaseUrl = new URL(latchkey.databaseUrl);
    databaseUrl.username = 'latchkey_api';
    databaseUrl.password = 'api-password-of-the-test';
    const server = await startProgram(
      bin,
      ['serve'],
      {
        DATABASE_URL: databaseUrl.href,
        LATCHKEY_DATA_DIR: data,
        LATCHKEY_PORT: String(port),
        LATCHKEY_PUBLIC_URL: url,
      },
      () => answersOk(`${url}/readyz`),
    );
    try {
      const index = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
      const html = await index.text();
      const [, script] = /<script[^>]+src="([^"]+)"/.exec(html) ?? [];
      expect(script, html).toMatch(/^\/assets\//);
      const asset = await fetch(`${url}${script}`);
      expect([asset.status, asset.headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')]);
      expect(existsSync(join(installed('api'), 'dist/console/index.html'))).toBe(true);
    } finally {
      await server.stop();
      rmSync(data, { recursive: true, force: true });
    }
  });
});
