import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createVerifier } from '../../src/verifier/index.ts';
import { createRecentKeys } from '../../src/verifier/recent-keys.ts';

test('what was met lately is known, and of a flood no more than twice the bound (BOUNDED-WORK)', () => {
  const keys = createRecentKeys(100);
  const all = Array.from({ length: 10_000 }, (_, i) => hash('sha256', String(i), 'binary'));
  const count = () => all.filter((key) => keys.has(key)).length;
  for (const key of all) {
    keys.add(key);
    expect(keys.has(key)).toBe(true);
  }
  expect(count()).toBeGreaterThanOrEqual(100);
  expect(count()).toBeLessThanOrEqual(200);
});

test('a text that can’t be a token is looked at once, however often it comes; one that can is asked about each time', async () => {
  const looked: string[] = [];
  let lookUps = 0;
  const verifier = createVerifier({
    monotonic: () => 0,
    wall: () => 0,
    leaseMs: 2_000,
    maxEntries: 10,
    maxBytes: 10_000,
    keyOf: (text) => `digest of ${text}`.padEnd(32),
    source: {
      mayBeToken: (text) => {
        looked.push(text);
        return text !== 'nonsense';
      },
      lookUp: async () => {
        lookUps += 1;
        return { finding: { outcome: 'unknown' }, coherence: { incarnation: 'a', snapshot: '1:1:' } };
      },
    },
  });
  for (let i = 0; i < 3; i += 1) {
    expect(await verifier.verify('nonsense')).toEqual({ accepted: false, status: 401 });
    expect((await verifier.find('nonsense')).finding).toEqual({ outcome: 'unknown', impossible: true });
    expect(await verifier.verify('a token')).toEqual({ accepted: false, status: 401 });
  }
  expect(looked).toEqual(['nonsense', 'a token', 'a token', 'a token']);
  expect(lookUps).toBe(3);
  expect(verifier.metrics()).toMatchObject({ impossible: 6, entries: 0 });
});
