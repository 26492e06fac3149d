import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const rows = readFileSync(join(root, 'docs/invariants.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]/.test(line))
  .map((line) => {
    const [name = '', , keptIn = '', shownBy = ''] = line.slice(2).split(' | ');
    const files = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? '');
    return { name, keptIn: files(keptIn), shownBy: files(shownBy) };
  });
const names = rows.map(({ name }) => name);

/** Words in capitals joined by hyphens that the sources cite as invariants do: in a comment's or a title's brackets, or before a colon. */
const cited = () => {
  const files = execFileSync(
    'git',
    ['ls-files', '-co', '--exclude-standard', 'packages/*.ts', 'packages/*.tsx', 'tooling/*.ts'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const found = new Map<string, string>();
  for (const file of files.split('\n').filter((each) => each && existsSync(join(root, each)))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/\b([A-Z]{2,}(?:-[A-Z]{2,})+)\b(?!\d)/g)) found.set(name, file);
  }
  return found;
};

// Other words of that shape: standards and algorithms.
const NO_INVARIANT = /^(SHA|HMAC|CRC|UTF|ISO|AES|SCRAM|SQL|SMT|CN|US|JP|PKCS|RS|ES)\b/;

describe('docs/invariants.md', () => {
  it('lists every invariant once', () => {
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
  });

  it('knows every name that the code cites', () => {
    const unknown = [...cited()].filter(([name]) => !NO_INVARIANT.test(name) && !names.includes(name));
    expect(unknown).toEqual([]);
  });

  it.each(rows)('$name is cited where it says that it is kept and shown', ({ name, keptIn, shownBy }) => {
    expect(keptIn.length).toBeGreaterThan(0);
    expect(shownBy.length).toBeGreaterThan(0);
    for (const file of [...keptIn, ...shownBy]) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(readFileSync(join(root, file), 'utf8'), file).toContain(name);
    }
  });
});
