import { describe, expect, it } from 'vitest';
import { type Column, toSheet, toTable } from './table.ts';

const plain = { width: null, heading: (text: string) => text };
const columns: readonly Column<readonly [string, string]>[] = [
  { title: 'NAME', value: ([name]) => name, flexible: true },
  { title: 'KIND', value: ([, kind]) => kind },
];

describe('a table', () => {
  it('aligns by what is drawn: wide characters take two places, marks none', () => {
    const rows = [
      ['日本語', 'personal'],
      ['e\u0301te\u0301', 'service'],
    ] as const;
    expect(toTable(columns, rows, plain)).toBe('NAME    KIND\n日本語  personal\ne\u0301te\u0301     service\n');
  });

  it('has titles alone where there is nothing', () => {
    expect(toTable(columns, [], plain)).toBe('NAME  KIND\n');
  });

  it('cuts what may be cut, to the terminal and no further', () => {
    const rows = [['a name that is much too long', 'personal']] as const;
    expect(toTable(columns, rows, { ...plain, width: 30 }).split('\n')[1]).toBe('a name that is much…  personal');
    expect(toTable(columns, rows, { ...plain, width: 10 }).split('\n')[1]).toBe('a name that…  personal');
    expect(toTable(columns, [['日本語の長い名前です', 'x']], { ...plain, width: 18 }).split('\n')[1]).toBe(
      '日本語の長…   x',
    );
  });

  it('puts names before values', () => {
    const pairs = [
      ['名前', 'x\u001b[2J'],
      ['KIND', ''],
    ] as const;
    expect(toSheet(pairs, plain)).toBe('名前  x\\u{001b}[2J\nKIND\n');
  });
});
