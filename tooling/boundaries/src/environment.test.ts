import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageTable } from './table.ts';
import { readWorkspace } from './workspace.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));
const example = readFileSync(join(root, '.env.example'), 'utf8');
const named = (source: string) => source.match(/\b(?:DATABASE|REDIS|LATCHKEY)_[A-Z0-9_]+\b/g) ?? [];

/** What the packages' own configuration reads; tests' variables come with the tooling. */
const read = readWorkspace(root, ['packages', 'packages/e2e']).flatMap(({ manifest, files }) =>
  Object.entries(files)
    .filter(([file]) => /^src\/(env|config)\.ts$/.test(file) && packageTable[manifest.name] !== undefined)
    .flatMap(([, source]) => named(source)),
);

test('every variable that a program reads stands in .env.example', () => {
  const described = new Set(example.match(/^#?([A-Z][A-Z0-9_]*)=/gm)?.map((line) => line.replace(/[#=]/g, '')));
  expect(new Set(read).size).toBeGreaterThan(15);
  expect([...new Set(read)].filter((name) => !described.has(name))).toEqual([]);
});

test('every variable there says what happens without it', () => {
  const blocks = example.split(/\n\s*\n/).filter((block) => /^#?[A-Z][A-Z0-9_]*=/m.test(block));
  const silent = blocks.filter((block) => !/Without (it|them|one|both)\b/.test(block));
  expect(silent).toEqual([]);
});
