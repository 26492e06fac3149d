import { pathToFileURL } from 'node:url';
import {
  type Coverage,
  compilePermissions,
  covers,
  type Dialect,
  diffPermissions,
  intersect,
  type PermissionSet,
  type RoleAttributes,
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

/** All that both dialects have. Small alphabets, so that patterns meet often. */
const makerOf = (dialect: Dialect, seed: number) => {
  const random = randomOf(seed);
  const rarely = (count: number) => random(count) === 0;
  const oneOf = <T>(items: readonly T[]): T => items[random(items.length)] as T;
  const some = <T>(item: () => T, most: number): T[] => Array.from({ length: 1 + random(most) }, item);
  const isFull = dialect === 'launchdarkly';

  const text = () => some(() => oneOf([...'ab**c']), 6).join('');
  const attribute = () => `\${roleAttribute/${oneOf(['one', 'two', 'empty', 'unset'])}}`;
  const path = () => (isFull && rarely(9) ? `p/${oneOf(['', 'a'])}${attribute()}${oneOf(['', '*'])}` : `p/${text()}`);
  const properties = () => `{${oneOf(['k:1', 'k:2', 'k:*', 'k:1,l:*', `k:${attribute()}`, 'l:a*b'])}}`;
  const details = () => {
    if (!rarely(3)) return '';
    const tags = `;${some(text, 2).join(',')}`;
    if (!isFull || !rarely(3)) return tags;
    return oneOf([`;${properties()}`, `${tags},${properties()}`, `;${attribute()}`]);
  };
  const resource = () => (rarely(14) ? '*' : some(() => `${path()}${details()}`, 2).join(':'));
  const action = () => oneOf(isFull ? ['a', 'b', 'ab', '*', 'a*', '*b', 'a*b'] : ['a', 'b', '*']);
  const statement = (): Statement => {
    const effect = rarely(3) ? 'deny' : 'allow';
    const actions = isFull && rarely(6) ? { notActions: some(action, 2) } : { actions: some(action, 2) };
    const resources = isFull && rarely(6) ? { notResources: some(resource, 2) } : { resources: some(resource, 2) };
    const resourceType = !isFull && rarely(9) ? { resourceType: oneOf(['p', '*']) } : {};
    return { effect, ...actions, ...resources, ...resourceType };
  };
  const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['p/*', 'p/*:p/*'] };
  const policy = (name: string, most: number) => ({
    name,
    statements: [...(rarely(2) ? [everything] : []), ...some(statement, most)],
  });
  return (most: number): PermissionSet =>
    compilePermissions([policy('p0', most), policy('p1', most)], { dialect, attributes: ATTRIBUTES });
};

const ATTRIBUTES: RoleAttributes = { one: ['a'], two: ['b', '*', 'ab'], empty: [] };
const ACTIONS = { actions: ['ab', 'see', 'edit'] };

const sayOf = (coverage: Coverage): string => {
  if (coverage.covered === true) return 'covered';
  if (coverage.covered === false) return `excess ${coverage.counterexample.action} ${coverage.counterexample.resource}`;
  const places = coverage.statements?.map(({ policy, statementIndex }) => `${policy}/${statementIndex}`);
  return `undecided ${places?.join(' ') ?? 'text'}`;
};

const sayDifference = (before: PermissionSet, after: PermissionSet, budget: number): string => {
  const { gained, lost, complete } = diffPermissions(before, after, { ...ACTIONS, budget });
  const list = (found: typeof gained) =>
    found.map(({ action, resource, by }) => `${action} ${resource} (${by.policy}/${by.statementIndex})`).join(' | ');
  return `gained ${list(gained)}; lost ${list(lost)}; ${complete ? 'complete' : 'incomplete'}`;
};

export const SEEDS = 90;

/** Questions of every kind, some beyond the budget, each with its answer in a line. */
export const answerQuestions = (first = 1, last = SEEDS): string => {
  const answers: string[] = [];
  for (let seed = first; seed <= last; seed += 1) {
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      const most = 1 + (seed % 9);
      const [outer, inner, third] = [seed, seed + 7_919, seed + 15_838].map((each) => makerOf(dialect, each)(most)) as [
        PermissionSet,
        PermissionSet,
        PermissionSet,
      ];
      const say = (question: string, answer: string) => answers.push(`${dialect} ${seed} ${question}: ${answer}`);
      for (const budget of [20, 300, 20_000]) say(`${budget}`, sayOf(covers(outer, inner, { ...ACTIONS, budget })));
      const both = intersect(outer, third);
      say('of both', sayOf(covers(both, intersect(inner, third), { ...ACTIONS, budget: 5_000 })));
      say('within both', sayOf(covers(inner, both, { budget: 5_000 })));
      if (seed % 3 === 0) say('change', sayDifference(outer, inner, seed % 2 === 0 ? 80 : 5_000));
    }
  }
  return `${answers.join('\n')}\n`;
};

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) process.stdout.write(answerQuestions());
