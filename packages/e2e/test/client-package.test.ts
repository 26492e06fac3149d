import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';

const run = promisify(execFile);
const packages = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'latchkey-sibling-'));

let latchkey: Installation;
beforeAll(async () => {
  latchkey = await startInstallation();
  for (const name of ['core', 'contract', 'client']) {
    await run('pnpm', ['pack', '--pack-destination', folder], { cwd: join(packages, name) });
  }
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(tarballs).toHaveLength(3);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-package-lock', ...tarballs.map((name) => `./${name}`), 'typescript@6'],
    {
      cwd: folder,
    },
  );
}, 240_000);
afterAll(async () => {
  await latchkey?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const installed = () =>
  readdirSync(join(folder, 'node_modules'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, 'node_modules', name)).map((sub) => `${name}/${sub}`) : [name],
    )
    .filter((name) => !name.startsWith('.'));

describe('the packed client in an empty folder', () => {
  it('brings nothing of the server', () => {
    // @trpc/server is what @trpc/client itself asks for, as a peer; there is no HTTP server, no ORM, no queue in it.
    expect(
      installed()
        .filter((name) => name !== 'typescript' && !name.startsWith('@typescript/'))
        .sort(),
    ).toEqual(['@latchkey/client', '@latchkey/contract', '@latchkey/core', '@trpc/client', '@trpc/server', 'zod']);
  });

  it('names no workspace, catalog or source in its manifests', () => {
    for (const name of ['core', 'contract', 'client']) {
      const manifest = readFileSync(join(folder, 'node_modules/@latchkey', name, 'package.json'), 'utf8');
      expect(manifest).not.toMatch(/workspace:|catalog:|@latchkey\/source|\.ts"(?<!\.d\.ts")/);
    }
  });

  it('runs against a started server, typed end to end', async () => {
    writeFileSync(
      join(folder, 'program.ts'),
      `import { createLatchkeyClient, resource } from '@latchkey/client';
const latchkey = createLatchkeyClient({ url: process.argv[2]!, credential: process.argv[3]! });
const verdict = await latchkey.verify(process.argv[4]!);
if (!verdict.accepted) throw new Error('refused: ' + verdict.status);
const decision = await verdict.decide({
  action: 'ToggleFlag',
  resource: resource(['project', 'shop'], ['env', 'prod'], ['flag', 'checkout', { tags: [] }]),
});
const owner: string | null = verdict.token.ownerId;
// @ts-expect-error: the typed API knows its inputs.
if (owner === 'nobody') await latchkey.api.tokens.rename.mutate({ tokenId: 7 });
console.log(JSON.stringify({ owner, effect: decision.effect }));
await latchkey.close();
`,
    );
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          target: 'ES2024',
          module: 'NodeNext',
          types: [],
          lib: ['ESNext', 'DOM'],
          outDir: '.',
        },
        files: ['program.ts', 'node.d.ts'],
      }),
    );
    writeFileSync(join(folder, 'node.d.ts'), 'declare const process: { readonly argv: readonly string[] };\n');
    await run(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    const { stdout } = await run(process.execPath, [
      join(folder, 'program.js'),
      latchkey.url,
      latchkey.verifierCredential,
      latchkey.demoToken,
    ]);
    expect(JSON.parse(stdout)).toEqual({ owner: 'dana', effect: 'allow' });
  });
});
