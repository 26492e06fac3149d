import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runTests } from './runner.ts';
import { countRunner } from './summary.ts';

const root = mkdtempSync(join(tmpdir(), 'latchkey-runner-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = async (name: string, source: string, limitMs = 60_000) => {
  const folder = join(root, name);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  const modules = join(import.meta.dirname, '..', 'node_modules');
  symlinkSync(join(modules, 'vitest'), join(folder, 'node_modules', 'vitest'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'one.test.js'), `import { expect, test } from 'vitest';\n${source}`);
  const environment = { PATH: process.env['PATH'], NO_COLOR: '1' };
  const signal = new AbortController().signal;
  return countRunner(await runTests({ name, filters: [] }, { root, folder: root, environment, signal, limitMs }));
};

test('real runs are counted: passed, failed, skipped', async () => {
  const source = `test('a', () => {}); test('b', () => { expect(1).toBe(2) }); test.skip('c', () => {});`;
  expect(await run('mixed', source)).toEqual({ passed: 1, failed: 1, skipped: 1 });
});

test('a runner that dies in the middle is a failure', async () => {
  const source = `test('a', () => {}); process.kill(process.ppid, 'SIGKILL'); test('b', () => {});`;
  expect(await run('dies', source)).toMatchObject({ failed: 1 });
});

test('a test file that can not be loaded is a failure', async () => {
  expect(await run('broken', `import './missing.js';`)).toMatchObject({ passed: 0, failed: 1 });
});

test('an error outside every test is a failure although all tests pass', async () => {
  const source = `test('a', async () => { Promise.reject(new Error('lost')); await new Promise((go) => setTimeout(go, 50)); });`;
  expect(await run('lost', source)).toMatchObject({ passed: 1, failed: 1 });
});

test('a runner that hangs is ended and is a failure', async () => {
  const source = `test('a', () => { for (;;); }, 60_000);`;
  expect(await run('hangs', source, 2_500)).toMatchObject({ failed: 1 });
});
