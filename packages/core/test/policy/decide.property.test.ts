import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  type Decision,
  type Dialect,
  decide,
  intersect,
  parsePolicies,
} from '../../src/policy/index.ts';
import { attributes, policies, requests, toResource } from './arbitraries.ts';
import { runs } from './depth.ts';
import { type NaiveRequest, naiveDecide } from './naive-decide.ts';

const outcome = (decision: Decision) => (decision.effect === 'allow' ? 'allow' : decision.because);

/** A segment without a slash can't bring details through `resource`: there they are unknown. */
const asBuilt = (request: NaiveRequest) => ({
  ...request,
  segments: request.segments.map((segment) =>
    segment.path.includes('/') ? segment : { ...segment, tags: 'unknown' as const, properties: 'unknown' as const },
  ),
});

const textOf = (request: NaiveRequest, dialect: Dialect) =>
  request.segments
    .map(({ path, tags, properties }) => {
      const pairs = dialect === 'featbit' || properties === 'unknown' ? [] : Object.entries(properties);
      const details = [...(tags === 'unknown' ? [] : tags), ...pairs.map(([key, value]) => `{${key}:${value}}`)];
      return details.length === 0 ? path : `${path};${details.join(',')}`;
    })
    .join(':');

const known = (request: NaiveRequest) => ({
  ...request,
  segments: request.segments.map(({ path, tags, properties }) => ({
    path,
    tags: tags === 'unknown' ? [] : tags,
    properties: properties === 'unknown' ? {} : properties,
  })),
});

describe.each(['featbit', 'launchdarkly'] as const)('decide, in the %s dialect', (dialect) => {
  it('agrees with the naive implementation on names whose tags and properties may be unknown', () => {
    let allowed = 0;
    fc.assert(
      fc.property(policies(dialect), fc.array(requests, { minLength: 5, maxLength: 5 }), (list, asked) => {
        const permissions = compilePermissions(list, { dialect, attributes });
        for (const request of asked) {
          const decision = decide(permissions, { action: request.action, resource: toResource(request) });
          expect(outcome(decision)).toBe(naiveDecide(list, dialect, attributes, asBuilt(request)));
          if (decision.effect === 'allow') allowed += 1;
        }
      }),
      runs(1_500),
    );
    // Not a property of the code but of the test: it must have seen both answers often.
    expect(allowed).toBeGreaterThan(300);
  });

  it('agrees with the naive implementation on names as text, where tags and properties are known', () => {
    fc.assert(
      fc.property(policies(dialect), fc.array(requests, { minLength: 5, maxLength: 5 }), (list, asked) => {
        const permissions = compilePermissions(list, { dialect, attributes });
        for (const request of asked.map(known)) {
          const decision = decide(permissions, { action: request.action, resource: textOf(request, dialect) });
          const naive = request;
          expect(outcome(decision)).toBe(naiveDecide(list, dialect, attributes, naive));
        }
      }),
      runs(1_500),
    );
  });

  it('allows for unknown tags and properties only what it allows whatever they are', () => {
    fc.assert(
      fc.property(policies(dialect), requests, requests, (list, request, other) => {
        const permissions = compilePermissions(list, { dialect, attributes });
        const vague = decide(permissions, {
          action: request.action,
          resource: toResource({
            ...request,
            segments: request.segments.map(({ path }) => ({ path, tags: 'unknown', properties: 'unknown' })),
          }),
        });
        if (vague.effect === 'deny') return;
        const details = other.segments[0] as (typeof other.segments)[number];
        for (const candidate of [
          request,
          { ...request, segments: request.segments.map(({ path }) => ({ ...details, path })) },
        ]) {
          const precise = known(candidate);
          expect(decide(permissions, { action: precise.action, resource: textOf(precise, dialect) }).effect).toBe(
            'allow',
          );
        }
      }),
      runs(1_500),
    );
  });

  it('decides the same in every order of policies and statements', () => {
    fc.assert(
      fc.property(policies(dialect), requests, (list, request) => {
        const reversed = [...list]
          .reverse()
          .map((policy) => ({ ...policy, statements: [...policy.statements].reverse() }));
        const asked = { action: request.action, resource: toResource(request) };
        const [one, two] = [list, reversed].map((l) => decide(compilePermissions(l, { dialect, attributes }), asked));
        expect(outcome(two as Decision)).toBe(outcome(one as Decision));
      }),
      runs(500),
    );
  });

  it('names the first statement that decided', () => {
    fc.assert(
      fc.property(policies(dialect), requests, (list, request) => {
        const asked = { action: request.action, resource: toResource(request) };
        const { by, effect } = decide(compilePermissions(list, { dialect, attributes }), asked);
        if (by === null) return;
        expect(list[by.policyIndex]?.statements[by.statementIndex]).toBe(by.statement);
        // Alone (an allow is put beside a deny, which refuses nothing otherwise) it decides; no earlier one of its kind would.
        const matches = (statement: typeof by.statement) => {
          const beside = effect === 'deny' ? [{ effect: 'allow' as const, actions: ['*'], resources: ['*'] }] : [];
          return (
            decide(
              compilePermissions([{ name: 'p', statements: [...beside, statement] }], { dialect, attributes }),
              asked,
            ).effect === effect
          );
        };
        expect(matches(by.statement)).toBe(true);
        const kind = effect === 'allow' ? 'allow' : 'deny';
        const before = (list[by.policyIndex]?.statements ?? []).slice(0, by.statementIndex);
        expect(before.filter((statement) => statement.effect === kind).some(matches)).toBe(false);
      }),
      runs(1_000),
    );
  });

  it('allows by an intersection exactly what each of its sets allows', () => {
    fc.assert(
      fc.property(policies(dialect), policies('featbit'), requests, (mine, theirs, request) => {
        const [a, b] = [
          compilePermissions(mine, { dialect, attributes }),
          compilePermissions(theirs, { dialect: 'featbit' }),
        ] as const;
        const asked = { action: request.action, resource: toResource(request) };
        const both = decide(a, asked).effect === 'allow' && decide(b, asked).effect === 'allow';
        expect(decide(intersect(a, b), asked).effect === 'allow').toBe(both);
        expect(outcome(decide(intersect(b, a), asked))).toBe(outcome(decide(intersect(a, b), asked)));
      }),
      runs(1_000),
    );
  });

  it('parses what it can write', () => {
    fc.assert(
      fc.property(policies(dialect), (list) => {
        expect(parsePolicies(JSON.parse(JSON.stringify(list)), dialect)).toEqual({ ok: true, value: list });
      }),
      runs(300),
    );
  });
});
