import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compilePermissions, covers, type Statement } from '../../src/policy/index.ts';
import { answerQuestions } from './covers-questions.ts';
import { policyOf } from './vectors.ts';

describe('covers says the same', () => {
  const answers = answerQuestions();

  it('of every kind of question, so that what follows says something', () => {
    for (const outcome of [': covered', ': excess', ': undecided', ': gained', '; incomplete']) {
      expect(answers.split(outcome).length).toBeGreaterThan(10);
    }
  });

  it('when it is asked again', () => {
    expect(answerQuestions() === answers).toBe(true);
  });

  it('in a new process, and in one that is many times slower', () => {
    for (const flags of [[], ['--no-opt']]) {
      const script = fileURLToPath(new URL('covers-questions.ts', import.meta.url));
      const other = execFileSync(process.execPath, [...flags, script], { encoding: 'utf8', maxBuffer: 2 ** 26 });
      expect(other === answers).toBe(true);
    }
  });

  it('of sets that were compared before with others, and of sets that were not', () => {
    const set = (...resources: string[]) =>
      compilePermissions(
        [
          policyOf('p', [
            { effect: 'allow', actions: ['a'], resources: ['p/*'] },
            ...resources.map((resource): Statement => ({ effect: 'deny', actions: ['a'], resources: [resource] })),
          ]),
        ],
        { dialect: 'featbit' },
      );
    const lists = [['p/*a*b*'], ['p/*b*a*', 'p/a*'], ['p/*ab*', 'p/b;t'], ['p/*b*a*b*', 'p/*;t*']];
    for (let budget = 1; budget < 200; budget += 7) {
      const used = lists.map((list) => set(...list));
      for (const outer of used) {
        for (const inner of used) {
          // A set covers itself without being looked at.
          if (outer === inner) continue;
          const [i, j] = [used.indexOf(outer), used.indexOf(inner)];
          const fresh = covers(set(...(lists[i] as string[])), set(...(lists[j] as string[])), { budget });
          expect(covers(outer, inner, { budget })).toEqual(fresh);
        }
      }
    }
  });
});
