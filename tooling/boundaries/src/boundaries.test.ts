import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkBoundaries, type WorkspacePackage } from './check.ts';
import { packageTable, testTooling, toolingImports } from './table.ts';
import { readWorkspace } from './workspace.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));
const boundaries = { table: packageTable, testTooling };

describe('this workspace', () => {
  test('keeps to the table of packages', () => {
    const packages = readWorkspace(root, ['packages', 'packages/e2e']);
    expect(packages.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(packageTable).sort());
    expect(checkBoundaries(packages, boundaries)).toEqual([]);
  });

  test('has tooling that imports no package, save benchmarks', () => {
    const tooling = readWorkspace(root, ['tooling']);
    const names = tooling.map(({ manifest }) => manifest.name);
    const table = Object.fromEntries(
      names.map((name) => [
        name,
        { imports: [...names, ...(toolingImports[name] ?? [])], environment: ['src', 'test'] },
      ]),
    );
    expect(checkBoundaries(tooling, { table, testTooling })).toEqual([]);
  });
});

/** What the check says of one package with this file, planted. */
const plant = (name: string, file: string, source: string, manifest: Partial<WorkspacePackage['manifest']> = {}) => {
  const isPrivate = packageTable[name]?.published === true ? {} : { private: true };
  return checkBoundaries([{ manifest: { name, ...isPrivate, ...manifest }, files: { [file]: source } }], boundaries);
};
const dependencies = (...names: readonly string[]) => ({
  dependencies: Object.fromEntries(names.map((name) => [name, 'workspace:*'])),
});

describe('a forbidden arrow is found', () => {
  test.each([
    ['static', `import { x } from '@latchkey/api';`],
    ['for its effect', `import '@latchkey/api';`],
    ['of a type', `import type { X } from '@latchkey/api';`],
    ['dynamic', `export const x = await import('@latchkey/api');`],
    ['re-exported', `export { x } from '@latchkey/api';`],
    ['re-exported whole', `export * from '@latchkey/api/server';`],
    ['in a type', `export type X = import('@latchkey/api').X;`],
    ['required', `export const x = require('@latchkey/api');`],
    ['required as TypeScript does', `import x = require('@latchkey/api');`],
  ])('%s', (_form, source) => {
    expect(plant('@latchkey/worker', 'src/deep/file.ts', source)).toEqual([
      expect.stringMatching(
        /@latchkey\/worker src\/deep\/file\.ts imports @latchkey\/api\S*: the table does not allow/,
      ),
    ]);
  });

  test('in a test too, where the tooling for tests is allowed', () => {
    expect(plant('@latchkey/worker', 'src/a.test.ts', `import '@latchkey/api';`)).toHaveLength(1);
    expect(plant('@latchkey/worker', 'src/a.test.ts', `import '@latchkey/embedded';`)).toEqual([]);
    expect(plant('@latchkey/worker', 'src/a.ts', `import '@latchkey/embedded';`)).toHaveLength(1);
  });

  test('in a package.json, for use and for development', () => {
    expect(plant('@latchkey/store', 'src/a.ts', '', dependencies('@latchkey/host'))).toEqual([
      '@latchkey/store package.json depends on @latchkey/host: the table does not allow that arrow',
    ]);
    expect(plant('@latchkey/store', 'src/a.ts', '', { devDependencies: { '@latchkey/api': '*' } })).toHaveLength(1);
  });

  test('as a path that leaves the package', () => {
    expect(plant('@latchkey/store', 'src/a/b.ts', `import '../../../core/src/index.ts';`)).toHaveLength(1);
    expect(plant('@latchkey/store', 'src/a/b.ts', `import '../c.ts';`)).toEqual([]);
  });

  test('to an entry that is not the allowed one', () => {
    const web = (source: string) => plant('@latchkey/web', 'src/a.ts', source, dependencies('@latchkey/core'));
    expect(web(`import '@latchkey/core/policy';`)).toEqual([]);
    expect(web(`import '@latchkey/core';`)).toHaveLength(1);
    expect(web(`import '@latchkey/core/token';`)).toHaveLength(1);
  });

  test('from a package that is not in the table', () => {
    expect(plant('@latchkey/extra', 'src/a.ts', '')).toEqual(['@latchkey/extra is not in the table of packages']);
  });
});

describe('client takes types of api and nothing else', () => {
  const client = (source: string) =>
    plant('@latchkey/client', 'src/a.ts', source, { devDependencies: { '@latchkey/api': 'workspace:*' } });

  test.each([`import type { R } from '@latchkey/api';`, `import { type R } from '@latchkey/api';`])('%s', (source) => {
    expect(client(source)).toEqual([]);
  });

  test.each([
    `import { r } from '@latchkey/api';`,
    `import { type R, r } from '@latchkey/api';`,
    `import '@latchkey/api';`,
  ])('not %s', (source) => {
    expect(client(source)).toEqual([expect.stringContaining('only its types are allowed')]);
  });

  test('and does not depend on api once it is installed', () => {
    expect(plant('@latchkey/client', 'src/a.ts', '', dependencies('@latchkey/api'))).toHaveLength(1);
  });
});

describe('core is pure', () => {
  const core = (source: string, file = 'src/a.ts') => plant('@latchkey/core', file, source);

  test.each([
    `export const now = Date.now();`,
    `export const now = () => new Date();`,
    `export const x = Math.random();`,
    `export const x = Math['random']();`,
    `export const x = globalThis.Date;`,
    `export const x = { Date };`,
    `import { createHmac } from 'node:crypto';`,
    `import { readFileSync } from 'fs';`,
    `import { z } from 'zod';`,
  ])('%s is found', (source) => {
    expect(core(source)).not.toEqual([]);
  });

  test.each([
    `export const f = (deps: { Date: number }) => deps.Date + Math.floor(1.5);`,
    `export type Key = { readonly Date: number };`,
    `import { x } from './b.ts'; export const y = x.eval;`,
  ])('%s is not one of those', (source) => {
    expect(core(source)).toEqual([]);
  });

  test('its sources see no globals of a platform: they would not type-check', () => {
    const tsconfig = JSON.parse(readFileSync(join(root, 'packages/core/tsconfig.json'), 'utf8'));
    expect(tsconfig.compilerOptions).toMatchObject({ types: [] });
    expect(tsconfig.compilerOptions.lib ?? []).not.toContain('DOM');
  });

  test('its tests may use what they need', () => {
    expect(core(`import { createHmac } from 'node:crypto'; export const now = Date.now();`, 'src/a.test.ts')).toEqual(
      [],
    );
  });
});

describe('the environment is read in one file of a package', () => {
  test.each([
    `export const x = process.env['X'];`,
    `export const x = process['env'].X;`,
    `const { env } = process; import { env as other } from 'node:process';`,
  ])('%s', (source) => {
    expect(plant('@latchkey/api', 'src/http/a.ts', source)).toEqual([expect.stringContaining('reads process.env')]);
    expect(plant('@latchkey/api', 'src/env.ts', source)).toEqual([]);
  });
});

describe('what is published is whole', () => {
  test('an import at run time of something that is there for development only is found', () => {
    const manifest = { devDependencies: { pg: 'catalog:' } };
    expect(plant('@latchkey/store', 'src/a.ts', `import pg from 'pg';`, manifest)).toHaveLength(1);
    expect(plant('@latchkey/store', 'src/a.ts', `import type pg from 'pg';`, manifest)).toEqual([]);
    expect(plant('@latchkey/store', 'src/a.ts', `import pg from 'pg';`, dependencies('pg'))).toEqual([]);
  });

  test('a browser’s package has no Node built-in', () => {
    expect(plant('@latchkey/contract', 'src/a.ts', `import 'node:url';`)).toHaveLength(1);
  });

  test('private and published exclude each other', () => {
    expect(plant('@latchkey/core', 'src/a.ts', '', { private: true })).toHaveLength(1);
    expect(plant('@latchkey/web', 'src/a.ts', '', { private: false })).toHaveLength(1);
  });

  test('a source that can not be parsed is not passed over', () => {
    expect(() => plant('@latchkey/core', 'src/a.ts', 'import {')).toThrow(/can not be parsed/);
  });
});
