import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePermissions, type Dialect, type Statement } from '../../src/policy/index.ts';
import type { CompiledFactor } from '../../src/policy/permission-set.ts';

/** Numbers below a bound, the same on every machine: xorshift32, Marsaglia 2003. */
const createNumbers = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const AREAS = ['checkout', 'search', 'billing', 'profile', 'mail', 'feed', 'login', 'cart'];
const TAGS = ['paid', 'beta', 'mobile', 'web', 'risky', 'team-*'];
const ACTIONS = Array.from({ length: 24 }, (_, i) => `Act${String.fromCharCode(65 + i)}${i}`);

/** Statements of every kind that is laid out in a way of its own. */
const statementsOf = (count: number, dialect: Dialect, seed: number): Statement[] => {
  const number = createNumbers(seed);
  const pick = (list: readonly string[]) => list[number(list.length)] as string;
  const some = (most: number, make: () => string) => [...new Set(Array.from({ length: 1 + number(most) }, make))];
  const globOf = (kind: number): string => {
    const name = `${pick(AREAS)}-${number(count)}`;
    if (kind < 3) return `${name}-*`;
    if (kind < 5) return `*-${number(50)}-next`;
    if (kind < 6) return `${pick(AREAS)}*${number(9)}`;
    if (kind < 7) return `${pick(AREAS)}*-*${number(9)}`;
    if (kind < 9) return '*';
    return name;
  };
  const detailsOf = (kind: number): string => {
    if (kind > 4) return '';
    const tags = some(3, () => pick(TAGS)).join();
    return dialect === 'launchdarkly' && kind > 2 ? `;${tags};{critical:true}` : `;${tags}`;
  };
  const resourceOf = (): string => {
    const project = `project/${number(12) === 0 ? '*' : `${pick(AREAS)}-${number(1 + count / 20)}`}`;
    if (number(15) === 0) return project;
    const environment = number(4) === 0 ? '*' : pick(['production', 'staging', 'testing']);
    return `${project}:env/${environment}:flag/${globOf(number(20))}${detailsOf(number(20))}`;
  };
  return Array.from({ length: count }, () => {
    const effect = number(8) === 0 ? 'deny' : 'allow';
    const resources = some(3, resourceOf);
    const actions = number(10) === 0 ? [`${pick(ACTIONS).slice(0, 4)}*`] : some(4, () => pick(ACTIONS));
    if (dialect === 'launchdarkly' && number(25) === 0) return { effect, actions, notResources: resources };
    if (dialect === 'launchdarkly' && number(25) === 0) return { effect, notActions: actions, resources };
    return { effect, actions: number(20) === 0 ? ['*'] : actions, resources };
  });
};

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
        layouts[`${dialect}, ${count}`] = layoutOf(dialect, [statementsOf(count, dialect, 7 + count)]);
      }
      const policies = [30, 0, 50, 20].map((count, i) => statementsOf(count, dialect, 100 + i));
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
