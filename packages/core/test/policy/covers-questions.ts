import { pathToFileURL } from 'node:url';
import {
  compilePermissions,
  covers,
  type Dialect,
  type PermissionSet,
  type Statement,
} from '../../src/policy/index.ts';

/** Numbers below `limit` from a seed. */
const randomOf = (seed: number) => {
  let state = seed;
  return (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
};

const setOf = (dialect: Dialect, seed: number): PermissionSet => {
  const random = randomOf(seed);
  const text = () => Array.from({ length: 1 + random(6) }, () => 'ab**c'.charAt(random(5))).join('');
  const details = () => (random(4) === 0 ? `;${text()}${random(2) === 0 ? `,${text()}` : ''}` : '');
  const resource = () => Array.from({ length: 1 + random(2) }, () => `p/${text()}${details()}`).join(':');
  const statement = (): Statement => ({
    effect: random(3) === 0 ? 'deny' : 'allow',
    actions: [['a', 'b', '*'][random(3)] as string],
    resources: Array.from({ length: 1 + random(2) }, resource),
  });
  const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['p/*', 'p/*:p/*'] };
  const policy = (i: number) => ({
    name: `p${i}`,
    statements: [...(random(2) === 0 ? [everything] : []), ...Array.from({ length: 1 + random(12) }, statement)],
  });
  return compilePermissions([policy(0), policy(1)], { dialect });
};

/** Questions of every kind, some beyond the budget, with their answers as one text. */
export const answerQuestions = (): string => {
  const answers: unknown[] = [];
  for (let seed = 1; seed <= 60; seed += 1) {
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      const [outer, inner] = [setOf(dialect, seed), setOf(dialect, seed + 7_919)];
      for (const budget of [20, 300, 50_000]) answers.push(covers(outer, inner, { budget, actions: ['see', 'edit'] }));
    }
  }
  return JSON.stringify(answers);
};

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) process.stdout.write(answerQuestions());
