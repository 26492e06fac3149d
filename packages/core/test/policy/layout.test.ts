import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePermissions, type Dialect, type Statement } from '../../src/policy/index.ts';
import type { CompiledFactor } from '../../src/policy/permission-set.ts';
import { createStatements } from './worlds.ts';

/** Names that differ in one place each, all but the same to whoever looks at few places; all as long, or one longer each. */
const alike = (count: number, toResource: (name: string) => string, longer: boolean): Statement[] =>
  Array.from({ length: count }, (_, i) => {
    const name = Array.from({ length: longer ? 20 + i : 60 }, (_, at) => (at === i % 60 ? 'x' : 'a')).join('');
    return { effect: 'allow', actions: ['read'], resources: [toResource(i < 60 ? name : `${name}${i}`)] };
  });

const longLists = (actions: number, resources: number): Statement[] => [
  {
    effect: 'allow',
    actions: Array.from({ length: actions }, (_, i) => `Act${i}`),
    resources: Array.from({ length: resources }, (_, i) => `project/p-${i}`),
  },
];

const layoutOf = (dialect: Dialect, policies: readonly (readonly Statement[])[]) => {
  const set = compilePermissions(
    policies.map((statements, i) => ({ name: `p${i}`, statements })),
    { dialect },
  );
  const { sealed, byAction, open, excluding, groups, ends, denyEnds } = (set.factors[0] as CompiledFactor).program;
  const { words, characters, runs, demands, actions } = sealed;
  const all = {
    ...{ words: [...words], characters: [...characters], runs, demands: demands.length, actions: actions.length },
    ...{ byAction: [...byAction], open, excluding: excluding.map(({ word, roots }) => [word, roots]) },
    ...{ groups: [...groups], ends: [...ends], denyEnds: [...denyEnds] },
  };
  return {
    ...{ words: words.length, characters: characters.length, runs: runs.length, demands: demands.length },
    ...{ actions: actions.length, named: byAction.size, open: open === 0 ? 0 : 1, excluding: excluding.length },
    digest: createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16),
  };
};

describe('how a compiled set is laid out', () => {
  // That it decides rightly is for the oracles. What only costs time or memory no decision shows: it shows here.
  it('is what it was when it was measured', async () => {
    const layouts: Record<string, object> = {};
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      for (const count of [1, 2, 3, 4, 5, 10, 40, 160, 1_000]) {
        layouts[`${dialect}, ${count}`] = layoutOf(dialect, [createStatements(count, dialect, 7 + count)]);
      }
      for (const [name, toResource] of [
        ['names', (text: string) => `flag/${text}`],
        ['beginnings', (text: string) => `flag/${text}*`],
        ['ends', (text: string) => `flag/*${text}`],
        ['tags', (text: string) => `flag/*;${text}`],
      ] as const) {
        for (const longer of [false, true]) {
          layouts[`${dialect}, ${name} alike${longer ? ', each longer' : ''}`] = layoutOf(dialect, [
            alike(60, toResource, longer),
          ]);
        }
        layouts[`${dialect}, 300 ${name}`] = layoutOf(dialect, [alike(300, toResource, false)]);
      }
      const policies = [30, 0, 50, 20].map((count, i) => createStatements(count, dialect, 100 + i));
      layouts[`${dialect}, four policies`] = layoutOf(dialect, policies);
      layouts[`${dialect}, one policy twice`] = layoutOf(dialect, [policies[0] ?? [], policies[0] ?? []]);
      for (const [a, r] of [
        [16, 16],
        [17, 16],
        [9, 72],
        [9, 73],
        [1, 100],
        [100, 1],
      ] as const) {
        layouts[`${dialect}, ${a} actions on ${r} resources`] = layoutOf(dialect, [longLists(a, r)]);
      }
    }
    await expect(`${JSON.stringify(layouts, null, 2)}\n`).toMatchFileSnapshot(
      join(import.meta.dirname, '../vectors/compiled-layouts.json'),
    );
  });
});
