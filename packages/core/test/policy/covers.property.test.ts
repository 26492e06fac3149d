import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Coverage, compilePermissions, type Dialect, intersect, type Policy } from '../../src/policy/index.ts';
import { attributes, policies } from './arbitraries.ts';
import { askCovers as ask } from './ask-covers.ts';
import { runs } from './depth.ts';

const dialects = ['featbit', 'launchdarkly'] as const;

const compile = (list: readonly Policy[], dialect: Dialect) => compilePermissions(list, { dialect, attributes });

describe.each(dialects)('covers, in the %s dialect', (dialect) => {
  it('says of any two sets only what it can show', () => {
    fc.assert(
      fc.property(policies(dialect), policies(dialect), fc.integer({ min: 0, max: 300 }), (a, b, budget) => {
        const [outer, inner] = [compile(a, dialect), compile(b, dialect)];
        const full = ask(outer, inner);
        const brief = ask(outer, inner, { budget });
        // Less work may leave it open, and never turn the answer round.
        if (brief.covered !== 'undecided' && full.covered !== 'undecided') expect(brief.covered).toBe(full.covered);
      }),
      runs(500),
    );
  });

  it('keeps the laws of inclusion', () => {
    let decided = 0;
    fc.assert(
      fc.property(policies(dialect), policies(dialect), policies(dialect), (a, b, c) => {
        const [A, B, C] = [compile(a, dialect), compile(b, dialect), compile(c, dialect)];
        const never = (coverage: Coverage) => {
          expect(coverage.covered).not.toBe(false);
          if (coverage.covered === true) decided += 1;
        };
        never(ask(A, compile(a, dialect)));
        never(ask(A, intersect(A, B)));
        never(ask(B, intersect(compile(a, dialect), compile(b, dialect))));
        never(ask(A, compile([], dialect)));
        if (dialect === 'launchdarkly') never(ask(compile([...a, ...b], dialect), A));
        if (ask(A, B).covered === true) {
          if (ask(B, C).covered === true) never(ask(A, C));
          never(ask(intersect(A, B), B));
          const deny = { effect: 'deny' as const, actions: ['x'], resources: ['a*'] };
          never(
            ask(
              A,
              compile(
                b.map((policy) => ({ ...policy, statements: [...policy.statements, deny] })),
                dialect,
              ),
            ),
          );
          const allow = { effect: 'allow' as const, actions: ['y'], resources: ['*'] };
          never(ask(compile([...a, { name: 'more', statements: [allow] }], dialect), B));
        }
      }),
      runs(300),
    );
    expect(decided).toBeGreaterThan(1_000);
  });
});
