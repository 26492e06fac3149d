import { expect, test } from 'vitest';
import { shorten, Trials } from '../../src/policy/covers/shorten.ts';

const witness = (path: string) => ({
  action: 'Act',
  name: [{ path, tags: [], properties: new Map<string, string>() }],
});

test('a witness loses what it needn\u2019t have', () => {
  const short = shorten(witness('aaaaBaaaa'), ({ name }) => name[0]?.path.includes('B') ?? false);
  expect(short.name[0]?.path).toBe('B');
});

test('BOUNDED-WORK: many witnesses share their trials, and are as good without any left', () => {
  const trials = new Trials(50);
  let asked = 0;
  const holds = () => {
    asked += 1;
    return false;
  };
  const long = witness('a'.repeat(200));
  for (let i = 0; i < 10; i += 1) expect(shorten(long, holds, trials)).toEqual(long);
  expect(asked).toBe(50);
});
