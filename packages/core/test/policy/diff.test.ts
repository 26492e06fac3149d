import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  compilePermissions,
  covers,
  type Dialect,
  decide,
  diffPermissions,
  intersect,
  type PermissionDiff,
  type PermissionSet,
  type Statement,
} from '../../src/policy/index.ts';
import { attributes, policies } from './arbitraries.ts';
import { runs } from './depth.ts';
import { policyOf } from './vectors.ts';

const setOf = (...statements: Statement[]) => compilePermissions([policyOf('p', statements)], { dialect: 'featbit' });
const allow = (actions: string[], ...resources: string[]): Statement => ({ effect: 'allow', actions, resources });
const deny = (actions: string[], ...resources: string[]): Statement => ({ effect: 'deny', actions, resources });

const requestsOf = (list: PermissionDiff['gained']) => list.map(({ action, resource }) => `${action} ${resource}`);

/** Every witness is what it is said to be. */
const diff = (before: PermissionSet, after: PermissionSet, budget?: number): PermissionDiff => {
  const found = diffPermissions(before, after, budget === undefined ? {} : { budget });
  for (const one of found.gained) {
    expect([decide(before, one).effect, decide(after, one).effect]).toEqual(['deny', 'allow']);
  }
  for (const one of found.lost) {
    expect([decide(before, one).effect, decide(after, one).effect]).toEqual(['allow', 'deny']);
  }
  return found;
};

describe('diffPermissions', () => {
  it('shows one request for each action and pattern that was gained or lost', () => {
    const before = setOf(allow(['See', 'Edit'], 'project/a', 'project/b'), allow(['Ship'], 'project/a'));
    const after = setOf(allow(['See', 'Edit'], 'project/a'), allow(['Ship'], 'project/*'));
    const found = diff(before, after);
    expect(found.complete).toBe(true);
    expect(requestsOf(found.gained)).toEqual(['Ship project/x']);
    expect(requestsOf(found.lost)).toEqual(['See project/b', 'Edit project/b']);
    expect(found.lost[0]?.by.statementIndex).toBe(0);
  });

  it('shows what a deny takes from the middle of an allow, and that nothing is gained by it', () => {
    const before = setOf(allow(['See'], 'project/*:env/*'));
    const found = diff(before, setOf(allow(['See'], 'project/*:env/*'), deny(['See'], 'project/*-x:env/prod')));
    expect(found.gained).toEqual([]);
    expect(found.lost).toHaveLength(1);
    expect(found.lost[0]?.resource).toMatch(/^project\/[^:]*-x:env\/prod$/);
    expect(found.complete).toBe(true);
  });

  it('shows what the narrower of two sets keeps back', () => {
    const owner = setOf(allow(['See'], 'project/*'), allow(['Edit'], 'project/a'));
    const demoted = setOf(allow(['See'], 'project/*'));
    const token = setOf(allow(['*'], 'project/a'));
    const found = diff(intersect(token, owner), intersect(token, demoted));
    expect(requestsOf(found.lost)).toEqual(['Edit project/a']);
    expect(found).toMatchObject({ gained: [], complete: true });
  });

  it('says that it is not complete where the budget ran out', () => {
    const many = setOf(...Array.from({ length: 60 }, (_, i) => allow(['See'], `*a${i}*b*c*d${i}*`)));
    const other = setOf(...Array.from({ length: 60 }, (_, i) => allow(['See'], `*d${i}*b*c*a${i}*`)));
    expect(diffPermissions(many, other, { budget: 10 }).complete).toBe(false);
  });

  it('BOUNDED-WORK: puts away no more than its budget allows, however many actions stand on however many resources', () => {
    const many = Array.from({ length: 600 }, (_, i) => `r/${i}:a/*`);
    const sets = () => [setOf(allow(many, '*')), setOf(allow(many, ...many))] as const;
    const entriesWithin = (budget: number): number => {
      const [before, after] = sets();
      // What grows while it looks is kept in maps: their entries are its memory, and a measure of its work.
      const set = vi.spyOn(Map.prototype, 'set');
      const found = diffPermissions(before, after, { budget });
      const entries = set.mock.calls.length;
      set.mockRestore();
      expect(found.complete).toBe(false);
      return entries;
    };
    // The sets themselves are about twelve hundred; an index for each of the actions would be 360,000.
    expect(entriesWithin(500)).toBeLessThan(3_000);
    expect(entriesWithin(4_000)).toBeLessThan(10_000);
  });

  it('says that it is not complete where a difference can not be written as text', () => {
    const found = diffPermissions(setOf(), setOf(allow(['See'], 'a/\u0001'), allow(['See'], 'b')));
    expect(requestsOf(found.gained)).toEqual(['See b']);
    expect(found.complete).toBe(false);
  });

  it.each<Dialect>(['featbit', 'launchdarkly'])('is empty exactly where each covers the other (%s)', (dialect) => {
    const seen = { empty: 0, gained: 0, lost: 0 };
    fc.assert(
      fc.property(policies(dialect), policies(dialect), fc.boolean(), (a, b, related) => {
        const before = compilePermissions(a, { dialect, attributes });
        const after = compilePermissions(related ? [...a, ...b] : b, { dialect, attributes });
        const found = diff(before, after);
        if (!found.complete) return;
        expect(found.gained.length === 0).toBe(covers(before, after).covered === true);
        expect(found.lost.length === 0).toBe(covers(after, before).covered === true);
        if (found.gained.length > 0) seen.gained += 1;
        if (found.lost.length > 0) seen.lost += 1;
        if (found.gained.length + found.lost.length === 0) seen.empty += 1;
      }),
      runs(300),
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });
});
