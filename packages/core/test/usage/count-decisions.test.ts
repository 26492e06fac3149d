import { describe, expect, it } from 'vitest';
import { compilePermissions, type Dialect, type PermissionLayer, resource } from '../../src/policy/index.ts';
import { COUNTED, createDecisionCounts, type DecisionCount, siblingsOf } from '../../src/usage/index.ts';

const layersIn = (dialect: Dialect): PermissionLayer[] => [
  { layer: 'token', permissions: compilePermissions([], { dialect }) },
];
const layers = layersIn('featbit');
const token = { organizationId: 'acme', tokenId: 'token-1' };
const flag = (key: string) => `project/shop:env/dev:flag/${key}`;
const shown = (counted: readonly DecisionCount[]) =>
  counted.map(({ action, resource: name, folded, allowedCount, deniedCount }) =>
    [action, folded ? `(${name})` : name, allowedCount, deniedCount].join(' '),
  );
const total = (counted: readonly DecisionCount[]) =>
  counted.reduce((sum, { allowedCount, deniedCount }) => sum + allowedCount + deniedCount, 0);

const newLast = () => ({
  ...{ action: '', resource: '', allowedCount: 0, deniedCount: 0 },
  ...{ taken: 0, listedAt: 0, row: null },
});

describe('decisions', () => {
  it('are counted by token, action and resource, those that allowed apart from those that denied', () => {
    const counts = createDecisionCounts();
    const other = { organizationId: 'acme', tokenId: 'token-2' };
    for (const effect of ['allow', 'allow', 'deny'] as const) {
      counts.count(token, { action: 'ToggleFlag', resource: flag('a') }, effect, layers);
    }
    counts.count(token, { action: 'ToggleFlag', resource: flag('b') }, 'allow', layers);
    counts.count(other, { action: 'ToggleFlag', resource: flag('a') }, 'deny', layers);
    expect(counts.waiting()).toBe(3);
    const taken = counts.take(100);
    expect(taken.map(({ tokenId }) => tokenId)).toEqual(['token-1', 'token-1', 'token-2']);
    expect(shown(taken)).toEqual([
      'ToggleFlag project/shop:env/dev:flag/a 2 1',
      'ToggleFlag project/shop:env/dev:flag/b 1 0',
      'ToggleFlag project/shop:env/dev:flag/a 0 1',
    ]);
    expect(counts.take(100)).toEqual([]);
    expect(counts.waiting()).toBe(0);
  });

  it('are counted the same where the last one is remembered, whatever was asked or taken between', () => {
    const [counts, plain] = [createDecisionCounts({ maxRows: 300 }), createDecisionCounts({ maxRows: 300 })];
    const last = newLast();
    const asked = [
      'a',
      'a',
      'b',
      'a',
      'take',
      'a',
      'a',
      'take',
      'b',
      ...Array.from({ length: 400 }, (_, i) => `c${i}`),
    ];
    for (const [index, key] of [...asked, 'c399', 'c399', 'take', 'c399', 'a'].entries()) {
      if (key === 'take') {
        expect(counts.take(1_000)).toEqual(plain.take(1_000));
        continue;
      }
      const request = { action: index % 7 === 0 ? 'UpdateFlag' : 'ToggleFlag', resource: flag(key) };
      const effect = index % 3 === 0 ? 'deny' : 'allow';
      counts.count(token, request, effect, layers, last);
      plain.count(token, request, effect, layers);
      expect(counts.waiting()).toBe(plain.waiting());
    }
    expect(counts.take(1_000)).toEqual(plain.take(1_000));
    expect(counts.takeLost()).toBe(plain.takeLost());
  });

  it.each<[Dialect, string]>([
    ['launchdarkly', 'proj/shop:env/prod;live,{critical:true}'],
    ['featbit', 'proj/shop:env/prod;live'],
  ])('of a name in parts are those of its text: %s', (dialect, text) => {
    const counts = createDecisionCounts();
    const name = resource(['proj', 'shop'], ['env', 'prod', { tags: ['live'], properties: { critical: 'true' } }]);
    counts.count(token, { action: 'viewProject', resource: name }, 'allow', layersIn(dialect));
    counts.count(token, { action: 'viewProject', resource: text }, 'allow', layersIn(dialect));
    expect(shown(counts.take(10))).toEqual([`viewProject ${text} 2 0`]);
  });

  it('beyond what is counted apart are counted with their neighbours, then their action, then everything (BOUNDED-WORK)', () => {
    const counts = createDecisionCounts();
    const made = 2_000;
    for (let i = 0; i < made; i += 1) {
      counts.count(token, { action: 'ToggleFlag', resource: `${flag(`f${i}`)};beta` }, 'allow', layers);
    }
    const rows = counts.take(10_000);
    expect(rows).toHaveLength(COUNTED.requests + 1);
    expect(shown(rows.filter(({ folded }) => folded))).toEqual([
      `ToggleFlag (project/shop:env/dev:flag/*) ${made - COUNTED.requests} 0`,
    ]);

    for (let i = 0; i < made; i += 1) {
      counts.count(token, { action: `Act${i % 400}`, resource: `project/p${i}:flag/f` }, 'deny', layers);
    }
    const wild = counts.take(10_000);
    expect(wild).toHaveLength(COUNTED.requests + COUNTED.patterns + COUNTED.actions + 1);
    expect(total(wild)).toBe(made);
    expect(wild.at(-1)).toMatchObject({ action: '*', resource: '*', folded: true });
  });

  it('of more tokens than there is room for are lost, and said so; what is known is still counted', () => {
    const counts = createDecisionCounts({ maxRows: 2 });
    for (const tokenId of ['a', 'b', 'c', 'a']) {
      counts.count({ organizationId: 'acme', tokenId }, { action: 'X', resource: 'r' }, 'allow', layers);
    }
    expect(counts.takeLost()).toBe(1);
    expect(counts.takeLost()).toBe(0);
    expect(counts.take(10).map(({ tokenId, allowedCount }) => [tokenId, allowedCount])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('of a token are lost where others have filled all room since it was counted, and counted again once something was taken', () => {
    const counts = createDecisionCounts({ maxRows: 2 });
    const [a, b] = [newLast(), newLast()];
    const count = (tokenId: string, last?: ReturnType<typeof newLast>) =>
      counts.count({ organizationId: 'acme', tokenId }, { action: 'X', resource: 'r' }, 'allow', layers, last);
    const taken = () => counts.take(10).map(({ tokenId, allowedCount }) => [tokenId, allowedCount]);
    count('a', a);
    count('b', b);
    expect(taken()).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    count('b', b);
    count('c');
    for (let round = 0; round < 3; round += 1) count('a', a);
    count('b', b);
    expect(counts.takeLost()).toBe(3);
    expect(taken()).toEqual([
      ['b', 2],
      ['c', 1],
    ]);
    count('a', a);
    expect(taken()).toEqual([['a', 1]]);
    expect(counts.takeLost()).toBe(0);
  });

  it('of a token for which there was no room are counted again once something was taken', () => {
    const counts = createDecisionCounts({ maxRows: 1 });
    const last = newLast();
    const count = (tokenId: string, place?: typeof last) =>
      counts.count({ organizationId: 'acme', tokenId }, { action: 'X', resource: 'r' }, 'allow', layers, place);
    count('a');
    for (let round = 0; round < 3; round += 1) count('b', last);
    expect(counts.takeLost()).toBe(3);
    expect(counts.take(10).map(({ tokenId }) => tokenId)).toEqual(['a']);
    for (let round = 0; round < 3; round += 1) count('b', last);
    expect(counts.takeLost()).toBe(0);
    expect(counts.take(10)).toMatchObject([{ tokenId: 'b', allowedCount: 3 }]);
  });

  it('that somebody else has counted are added, under the organization that was said (TENANT-WALL)', () => {
    const counts = createDecisionCounts();
    const row = { ...token, action: 'X', resource: 'r/*', folded: true, allowedCount: 3, deniedCount: 1 };
    counts.add({ ...row, organizationId: 'globex' });
    counts.count(token, { action: 'X', resource: 'r/1' }, 'allow', layers);
    counts.add(row);
    counts.add(row);
    const taken = counts.take(10);
    expect(taken.map(({ organizationId }) => organizationId)).toEqual(['globex', 'acme', 'acme']);
    expect(shown(taken)).toEqual(['X (r/*) 3 1', 'X r/1 1 0', 'X (r/*) 6 2']);
  });

  it('are taken a token at a time, up to a number of rows', () => {
    const counts = createDecisionCounts();
    for (const tokenId of ['a', 'b', 'c']) {
      for (const key of ['1', '2']) {
        counts.count({ organizationId: 'acme', tokenId }, { action: 'X', resource: key }, 'allow', layers);
      }
    }
    expect(counts.take(4).map(({ tokenId }) => tokenId)).toEqual(['a', 'a', 'b', 'b']);
    expect(counts.take(4).map(({ tokenId }) => tokenId)).toEqual(['c', 'c']);
  });

  it.each([
    ['a token', flag(`lk_pat_3fK0aZ81bQ7rTx2m_${'s'.repeat(49)}`)],
    ['a control character', flag('a\u0000b')],
    ['half of a surrogate pair', flag('a\ud800')],
    ['too long a key', flag('k'.repeat(300))],
  ])('on a name with %s are counted with its neighbours (SECRET-ONCE)', (_, name) => {
    const counts = createDecisionCounts();
    counts.count(token, { action: 'ToggleFlag', resource: name }, 'allow', layers);
    expect(shown(counts.take(10))).toEqual(['ToggleFlag (project/shop:env/dev:flag/*) 1 0']);
    counts.count(token, { action: 'ToggleFlag', resource: `${name}:segment/x` }, 'allow', layers);
    expect(shown(counts.take(10))).toEqual(['ToggleFlag (*) 1 0']);
    counts.count(token, { action: name, resource: flag('a') }, 'allow', layers);
    expect(counts.take(10)).toEqual([]);
    expect(counts.takeLost()).toBe(1);
  });
});

it('the neighbours of a resource are those of its type beside it', () => {
  expect(siblingsOf('project/shop:env/dev:flag/a/b;x,y')).toBe('project/shop:env/dev:flag/*');
  expect(siblingsOf('proj/a;{k:v:w},tag:env/b')).toBe('proj/a:env/*');
  expect(siblingsOf('acct')).toBe('*');
});
