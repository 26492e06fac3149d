import { describe, expect, it } from 'vitest';
import { compilePermissions, decide, type Statement } from '../../src/policy/index.ts';
import { decideOneByOne } from './decide-one-by-one.ts';
import { createNumbers, createRequests, createStatements } from './worlds.ts';

describe.each(['featbit', 'launchdarkly'] as const)(
  '%s: what is compiled decides as every statement does',
  (dialect) => {
    // Where there are many, they are found by the few characters in which their names, tags and ends differ.
    it.each([30, 200, 1_000])('where there are %i of them', (count) => {
      const policies = [count, 0, count >> 1].map((some, i) => ({
        name: `p${i}`,
        statements: createStatements(some, dialect, 11 * count + i),
      }));
      const set = compilePermissions(policies, { dialect });
      const statements = policies.flatMap((policy) => policy.statements);
      const seen = { allow: 0, deny: 0, tagged: 0 };
      for (const request of createRequests(600, statements, 5 + count)) {
        const decision = decide(set, request);
        expect([request, decision]).toEqual([request, decideOneByOne(set, request)]);
        seen[decision.effect] += 1;
        if (decision.effect === 'allow' && String(request.resource).includes(';')) seen.tagged += 1;
      }
      expect(Math.min(seen.allow, seen.deny, seen.tagged)).toBeGreaterThan(90);
    });

    it('where only tags tell them apart, of all lengths and between others', () => {
      const number = createNumbers(3);
      const tags = [
        ...new Set(
          Array.from({ length: 160 }, (_, i) =>
            number(2 ** 31)
              .toString(36)
              .slice(0, 1 + (i % 6)),
          ),
        ),
      ];
      const statements = tags.map((tag, i): Statement => {
        const effect = i % 9 === 0 ? 'deny' : 'allow';
        return { effect, actions: ['read'], resources: [`project/*:env/*:flag/*;${tag}`] };
      });
      const set = compilePermissions([{ name: 'by tags', statements }], { dialect });
      const allowed: string[] = [];
      for (const tag of tags) {
        for (const asked of [tag, `zzz,${tag}`, `${tag},zzzzzzz`, tag.slice(1), `${tag}z`, `${tag.slice(1)}z,z`]) {
          if (asked === '') continue;
          const request = { action: 'read', resource: `project/a:env/b:flag/c;${asked}` };
          const decision = decide(set, request);
          expect([request, decision]).toEqual([request, decideOneByOne(set, request)]);
          if (decision.effect === 'allow') allowed.push(asked);
        }
      }
      expect(allowed.length).toBeGreaterThan(3 * 0.8 * tags.length);
    });
  },
);
