import type { Dialect, Request, Statement } from '../../src/policy/index.ts';

/** Numbers below a bound, the same on every machine: xorshift32 (Marsaglia, 2003). */
export const createNumbers = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.ceil(below);
  };
};

const AREAS = ['checkout', 'search', 'billing', 'profile', 'mail', 'feed', 'login', 'cart'];
/** Of all lengths, some the beginning or the end of others. */
const TAGS = [
  ...['a', 'b', 'ab', 'ba', 'qa', 'paid', 'unpaid', 'beta', 'beta-2', 'alphabet', 'mobile', 'web', 'risky'],
  ...['internal', 'internal-only', 'very-long-tag-of-one-team', 'very-long-tag-of-the-team', 'team-one', 'team-two'],
];
const ACTIONS = Array.from({ length: 24 }, (_, i) => `Act${String.fromCharCode(65 + i)}${i}`);

/** What an organization has, with every kind of statement that is laid out in a way of its own. */
export const createStatements = (count: number, dialect: Dialect, seed: number): Statement[] => {
  // The more there are, the fewer are about everything: else nothing was refused where there are many.
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
    if (kind > 6) return '';
    const tags = some(3, () => (number(6) === 0 ? `${pick(TAGS)}*` : pick(TAGS))).join();
    return dialect === 'launchdarkly' && kind > 5 ? `;${tags};{critical:true}` : `;${tags}`;
  };
  const resourceOf = (): string => {
    const project = `project/${number(6 + count / 8) === 0 ? '*' : `${pick(AREAS)}-${number(1 + count / 20)}`}`;
    if (number(15) === 0) return project;
    const environment = number(4) === 0 ? '*' : pick(['production', 'staging', 'testing']);
    return `${project}:env/${environment}:flag/${globOf(number(20))}${detailsOf(number(20))}`;
  };
  return Array.from({ length: count }, () => {
    const effect = number(25) === 0 ? 'deny' : 'allow';
    const resources = some(3, resourceOf);
    const actions = number(10 + count / 50) === 0 ? [`${pick(ACTIONS).slice(0, 4)}*`] : some(4, () => pick(ACTIONS));
    if (dialect === 'launchdarkly' && number(25 + count) === 0) return { effect, actions, notResources: resources };
    if (dialect === 'launchdarkly' && number(25 + count) === 0) return { effect, notActions: actions, resources };
    return { effect, actions: number(20 + count) === 0 ? ['*'] : actions, resources };
  });
};

/** Half of them fit a statement but for their tags, which are drawn; the others are made of what statements are made of. */
export const createRequests = (count: number, statements: readonly Statement[], seed: number): Request[] => {
  const number = createNumbers(seed);
  const pick = <T>(list: readonly T[]) => list[number(list.length)] as T;
  const filled = (text: string) => text.replaceAll('*', () => pick(['', '7', '1-x', 'cart-3']));
  return Array.from({ length: count }, () => {
    const [one, other] = [pick(statements), pick(statements)];
    const resource = pick(one.resources ?? one.notResources ?? []);
    const [path = ''] = filled(
      number(2) === 0 ? resource : resource.replace(/flag\/[^;]*/, `flag/${pick(AREAS)}-${number(9)}`),
    ).split(';');
    const tags = Array.from({ length: number(4) }, () =>
      pick([...TAGS, 'c', 'bet', 'betas', 'very-long-tag-of-a-team']),
    );
    const action = pick((number(2) === 0 ? one : other).actions ?? ACTIONS).replace('*', '0');
    return { action, resource: tags.length === 0 ? path : `${path};${tags}` };
  });
};
