import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePermissions, decide } from '../../src/policy/index.ts';
import { indexStatements } from '../../src/policy/permission-set.ts';
import { attributes, policies } from './arbitraries.ts';
import { runs } from './depth.ts';

const ACTIONS = ['x', 'y', 'xy', 'x*', '*', 'z'];

describe.each(['featbit', 'launchdarkly'] as const)(
  'statements put together on demand, in the %s dialect',
  (dialect) => {
    it('are the same whatever is asked for first, and are put together once', () => {
      fc.assert(
        fc.property(policies(dialect), fc.shuffledSubarray(ACTIONS), (list, first) => {
          const groupsOf = () =>
            compilePermissions(list, { dialect, attributes }).factors.flatMap(({ groups }) =>
              groups.flatMap(({ allows, denies }) => [allows, denies]),
            );
          const [whole, parts] = [groupsOf(), groupsOf()];
          whole.forEach((expected, i) => {
            const part = parts[i] as typeof expected;
            const index = indexStatements(expected.all);
            expect(part.size).toBe(expected.all.length);
            for (const action of [...first, ...ACTIONS]) expect(part.named(action)).toEqual(index.named(action));
            expect(part.open).toEqual(index.open);
            expect(part.all).toEqual(expected.all);
            for (const action of ACTIONS) for (const one of part.named(action)) expect(part.all).toContain(one);
            for (const { statement } of part.open) expect(part.all).toContain(statement);
            expect(part.prospects(null).map(({ statement }) => statement)).toEqual(part.all);
            for (const action of ACTIONS) {
              expect(part.prospects(action).map(({ statement }) => statement)).toEqual(part.named(action));
            }
            // Whoever goes by the head alone must not pass by anything.
            for (const { head, statement } of part.prospects(null)) {
              if (head === null) continue;
              expect(statement.negated).toBe(false);
              for (const { segments } of statement.patterns) {
                expect(segments[0]?.path).toMatchObject({ form: 'literal', parts: [head] });
              }
            }
          });
        }),
        runs(200),
      );
    });

    it('are found by what a decision names, and by nothing else', () => {
      const policy = (name: string, count: number) => ({
        name,
        statements: Array.from({ length: count }, (_, i) => ({
          effect: i % 3 === 2 ? ('deny' as const) : ('allow' as const),
          actions: ['a'],
          resources: [`${name}/${i}`],
        })),
      });
      const list = [policy('p', 7), policy('q', 0), policy('r', 5)];
      const permissions = compilePermissions(list, { dialect });
      const { groups } = permissions.factors[0] as (typeof permissions.factors)[number];
      const lists = groups.flatMap(({ allows, denies }) => [allows, denies]);
      for (const index of lists) {
        for (const statement of index.all) {
          for (const other of lists) expect(other.find(statement.by)).toBe(other === index ? statement : null);
          expect(index.find({ ...statement.by })).toBeNull();
        }
      }
      const { by } = decide(permissions, { action: 'a', resource: 'r/4' });
      expect(by === null ? null : lists.map((index) => index.find(by)).filter((found) => found !== null)).toHaveLength(
        1,
      );
    });
  },
);
