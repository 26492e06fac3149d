import { describe, expect, it, vi } from 'vitest';
import * as comparing from '../../src/policy/covers/covers.ts';
import {
  compilePermissions,
  covers,
  decide,
  type Generalization,
  intersect,
  type Statement,
} from '../../src/policy/index.ts';
import { finish } from '../../src/policy/steps.ts';
import { COUNTED, type CountedRequest, rightSizeInSteps } from '../../src/usage/index.ts';
import { catalogues, policyOf } from '../policy/vectors.ts';

// What is compared is counted; it stays what it is.
vi.mock('../../src/policy/covers/covers.ts', { spy: true });

const catalogue = catalogues.featbit;
const flagType = catalogue.resourceTypes.find(({ resource }) => resource.includes(':flag/'));
const [one = '', other = '', third = ''] = (flagType?.actions ?? []).map(({ name }) => name);
const type = flagType?.type ?? '';

const allow = (actions: readonly string[], ...resources: readonly string[]): Statement => ({
  resourceType: type,
  effect: 'allow',
  actions,
  resources,
});
const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
const flag = (key: string) => `project/shop:env/dev:flag/${key}`;
const counted = (action: string, resource: string, allowedCount = 1, folded = false): CountedRequest => ({
  ...{ action, resource, folded, allowedCount },
  deniedCount: 0,
});

const sized = (
  requests: readonly CountedRequest[],
  statements: readonly Statement[],
  generality: Generalization = 'exact',
) => {
  const policies = [policyOf('own', statements)];
  const present = compilePermissions(policies, { dialect: 'featbit' });
  const found = finish(rightSizeInSteps(requests, { catalogue, present, policies, attributes: {}, generality }));
  // NO-ESCALATION, whatever was counted.
  expect(covers(present, found.permissions).covered).toBe(true);
  const { refused, uncertain, ...replay } = found.replay;
  return { ...found, replay, refused, uncertain };
};

describe('a token is right-sized', () => {
  it('to what it was used for, and none of the counted decisions would have been refused', () => {
    const used = [counted(one, flag('a'), 40_000), counted(one, flag('b'), 1_000), counted(other, flag('a'), 200)];
    const { statements, replay } = sized(used, [everything]);
    expect(statements).toEqual([allow([one], flag('b')), allow([one, other].sort(), flag('a'))].sort(byActions));
    expect(replay).toEqual({ decisionCount: 41_200, refusedCount: 0, uncertainCount: 0, refusedAlreadyCount: 0 });
  });

  it('to nothing where nothing was allowed', () => {
    const denied = { ...counted(one, flag('a'), 0), deniedCount: 9 };
    for (const requests of [[], [denied]]) {
      const { statements, replay } = sized(requests, [everything]);
      expect(statements).toEqual([]);
      expect(replay.decisionCount).toBe(0);
    }
  });

  it('without what it may no longer do, which is counted apart', () => {
    const used = [counted(one, flag('a'), 5), counted(other, flag('a'), 7)];
    const { statements, replay } = sized(used, [allow([one], flag('*'))]);
    expect(statements).toEqual([allow([one], flag('a'))]);
    expect(replay).toEqual({ decisionCount: 5, refusedCount: 0, uncertainCount: 0, refusedAlreadyCount: 7 });
  });

  it('and is told what would have been refused where no statement can be written for it', () => {
    const { statements, replay, refused } = sized([counted('NoActionOfTheHost', flag('a'), 3)], [everything]);
    expect(statements).toEqual([]);
    expect(replay).toMatchObject({ decisionCount: 3, refusedCount: 3 });
    expect(refused).toEqual([counted('NoActionOfTheHost', flag('a'), 3)]);
  });

  it('as generally as it is told, and more so where a token could not hold what was used', () => {
    const used = Array.from({ length: 150 }, (_, i) => counted(one, flag(`f${i}`)));
    expect(sized(used, [everything], 'last_key')).toMatchObject({
      generality: 'last_key',
      statements: [allow([one], flag('*'))],
    });
    // In UTF-8 these names are more than a token's statements may be.
    const long = Array.from({ length: COUNTED.requests }, (_, i) => counted(one, flag(`${'字'.repeat(200)}${i}`)));
    expect(sized(long.slice(0, 20), [everything])).toMatchObject({ generality: 'exact' });
    expect(sized(long, [everything])).toMatchObject({
      generality: 'last_key',
      statements: [allow([one], flag('*'))],
      replay: { decisionCount: COUNTED.requests, refusedCount: 0 },
    });
  });
});

describe('what was counted together', () => {
  it('is kept as a pattern where the token may do all of it', () => {
    const { statements, replay } = sized([counted(one, flag('*'), 900, true)], [everything]);
    expect(statements).toEqual([allow([one], flag('*'))]);
    expect(replay).toMatchObject({ decisionCount: 900, refusedCount: 0, uncertainCount: 0 });
  });

  it('keeps the present statements of its action where it may do some of it', () => {
    const present = [allow([one, other], flag('checkout-*'), 'project/shop:env/prod:flag/x'), allow([third], '*')];
    for (const pattern of [flag('*'), '*']) {
      const { statements, replay } = sized([counted(one, pattern, 900, true)], present);
      expect(statements).toEqual([allow([one], flag('checkout-*'), 'project/shop:env/prod:flag/x')]);
      expect(replay).toMatchObject({ decisionCount: 900, refusedCount: 0, uncertainCount: 0 });
    }
  });

  it('is uncertain where neither can be written, and is said to be', () => {
    const present = [allow([one], flag('*')), { ...allow([one], flag('secret')), effect: 'deny' as const }];
    const { replay, uncertain } = sized([counted(one, flag('*'), 900, true), counted(one, flag('a'), 5)], present);
    expect(replay).toMatchObject({ decisionCount: 905, refusedCount: 0, uncertainCount: 900 });
    expect(uncertain).toEqual([counted(one, flag('*'), 900, true)]);
    const unknown = sized([counted('NoActionOfTheHost', flag('*'), 9, true)], [everything]);
    expect(unknown).toMatchObject({ statements: [], replay: { decisionCount: 9, uncertainCount: 9 } });
    const all = sized([counted('*', '*', 9, true)], [everything]);
    expect(all.replay).toMatchObject({ decisionCount: 9, uncertainCount: 9 });
  });

  it('is the rarest where there is more than is looked at one by one: none of it is refused', () => {
    const used = Array.from({ length: 900 }, (_, i) => counted(one, flag(`f${i}`), 1_000 - i));
    const { statements, replay, permissions } = sized(used, [everything]);
    expect(statements.flatMap(({ resources }) => resources)).toContain(flag('*'));
    expect(replay).toMatchObject({ refusedCount: 0, uncertainCount: 0 });
    expect(used.every((request) => decide(permissions, request).effect === 'allow')).toBe(true);
  });
});

const byActions = (a: Statement, b: Statement): number =>
  JSON.stringify(a.actions) < JSON.stringify(b.actions) ? -1 : 1;

describe('BOUNDED-WORK: what is intricate is sized in steps that others can stand between', () => {
  /** A hundred statements, and far more requests than are looked at one by one, so that patterns have to be compared. */
  const intricate = () => {
    const statements = Array.from({ length: 100 }, (_, i) =>
      allow([[one, other, third][i % 3] ?? one], `project/p${i % 7}:env/e${i % 5}:flag/f*`),
    );
    const requests = Array.from({ length: 2_000 }, (_, i) =>
      counted([one, other, third][i % 3] ?? one, `project/p${i % 7}:env/e${i % 5}:flag/f${i}`, 10 + i),
    );
    const policies = [policyOf('own', statements)];
    const whole = compilePermissions([policyOf('all', [everything])], { dialect: 'featbit' });
    const present = intersect(whole, compilePermissions(policies, { dialect: 'featbit' }));
    return { requests, options: { catalogue, present, policies, attributes: {}, generality: 'exact' } as const };
  };

  it('of which none compares more than two sets, each within a budget', () => {
    const asked = vi.mocked(comparing.covers).mockClear();
    const { requests, options } = intricate();
    const steps = rightSizeInSteps(requests, options);
    let stepCount = 0;
    let before = 0;
    for (let step = steps.next(); !step.done; step = steps.next()) {
      stepCount += 1;
      expect(asked.mock.calls.length - before).toBeLessThanOrEqual(2);
      before = asked.mock.calls.length;
    }
    expect(stepCount).toBeGreaterThan(200);
    expect(before).toBeGreaterThan(50);
    for (const [, , given] of asked.mock.calls) expect(given?.budget).toBeLessThanOrEqual(2_000);
    // Whoever comes to the end of the budget again and again is not asked for ever.
    const undecided = asked.mock.results.filter(({ value }) => value.covered === 'undecided');
    expect(undecided.length).toBeLessThanOrEqual(20);
  });

  it('and what could not be compared counts as uncertain, and is nowhere proposed', () => {
    const { requests, options } = intricate();
    const { permissions, replay } = finish(rightSizeInSteps(requests, options));
    expect(covers(options.present, permissions).covered).toBe(true);
    const total = requests.reduce((sum, { allowedCount }) => sum + allowedCount, 0);
    expect(replay.decisionCount + replay.refusedAlreadyCount).toBe(total);
    expect(replay.uncertainCount).toBeGreaterThan(0);
  });
});
