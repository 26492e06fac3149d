import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Anchor } from '@latchkey/core/audit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAnchorFiles } from './anchor-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-anchors-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const anchor = (number: number, organizationId = 'acme'): Anchor => ({
  organizationId,
  number,
  link: 'a'.repeat(64),
  mac: 'b'.repeat(64),
  keyId: 'audit-1',
  sealedAt: 1_000 + number,
});

test('anchors come back, each organization’s alone, whatever its id (TENANT-WALL)', async () => {
  const files = createAnchorFiles(join(folder, 'not', 'there'));
  await files.write([anchor(1), anchor(1, '../../etc/passwd'), anchor(2)]);
  expect(await files.read('acme')).toEqual([anchor(1), anchor(2)]);
  expect(await files.read('../../etc/passwd')).toEqual([anchor(1, '../../etc/passwd')]);
  expect(await files.read('nobody')).toEqual([]);
  for (const name of readdirSync(join(folder, 'not', 'there'))) {
    expect(statSync(join(folder, 'not', 'there', name)).mode & 0o777).toBe(0o600);
  }
});

test('a line that a crash has cut off spoils neither those before it nor those after', async () => {
  const files = createAnchorFiles(folder);
  await files.write([anchor(1)]);
  const [name = ''] = readdirSync(folder);
  appendFileSync(join(folder, name), '\n{"organizationId":"acme","numb');
  await files.write([anchor(2)]);
  expect((await files.read('acme')).map(({ number }) => number)).toEqual([1, 2]);
});

test('a file that grows is thinned, and its newest anchors stay', async () => {
  const files = createAnchorFiles(folder);
  await files.write([anchor(1)]);
  const [name = ''] = readdirSync(folder);
  const lines = Array.from({ length: 3_000 }, (_, i) => JSON.stringify(anchor(i + 2)));
  appendFileSync(join(folder, name), `\n${lines.join('\n')}`);
  await files.write([anchor(4_000)]);
  const numbers = (await files.read('acme')).map(({ number }) => number);
  expect(numbers.length).toBeLessThan(2_000);
  expect(numbers.slice(-500)).toEqual([...Array.from({ length: 499 }, (_, i) => 2_503 + i), 4_000]);
  expect(numbers[0]).toBe(1);
  expect(statSync(join(folder, name)).size).toBeLessThan(512 * 1024);
  expect(readdirSync(folder)).toHaveLength(1);
});
