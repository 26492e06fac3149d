import { compilePermissions, type PermissionSet, type Statement } from '@latchkey/core/policy';
import { createRandom } from './random.ts';

const compile = (...statements: readonly Statement[]): PermissionSet =>
  compilePermissions([{ name: 'attack', statements }], { dialect: 'featbit' });

const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
const each = (effect: 'allow' | 'deny', resources: readonly string[]): readonly Statement[] =>
  resources.map((resource) => ({ effect, actions: ['*'], resources: [resource] }));

/** Globs of many stars, no two alike. */
const globs = (count: number, seed: number): readonly string[] => {
  const random = createRandom(seed);
  const letters = () => Array.from({ length: 1 + random(3) }, () => 'abcd'.charAt(random(4))).join('');
  return Array.from({ length: count }, () => `p/*${Array.from({ length: 8 }, letters).join('*')}*`);
};

/** Each order in which `pairs` pairs of literals may stand, denied one by one. */
const interleavings = (pairs: number): readonly string[] => {
  const found: string[] = [];
  const extend = (text: string, first: number, second: number) => {
    if (first === pairs && second === pairs) found.push(`p/*${text}`);
    if (first < pairs) extend(`${text}a${first}*`, first + 1, second);
    if (second < pairs) extend(`${text}b${second}*`, first, second + 1);
  };
  extend('', 0, 0);
  return found;
};

const alternating = (stars: number, part: string): string => `p/${`*${part}`.repeat(stars)}*`;

/** COVERS.md's: what somebody would write to make a comparison endless. */
export const attacks: readonly { readonly name: string; readonly create: () => [PermissionSet, PermissionSet] }[] = [
  {
    name: 'a thousand many-star denies on each side',
    create: () => [
      compile(everything, ...each('deny', globs(1_000, 1))),
      compile(everything, ...each('deny', globs(1_000, 2))),
    ],
  },
  {
    name: 'a thousand many-star allows by a thousand',
    create: () => [compile(...each('allow', globs(1_000, 3))), compile(...each('allow', globs(1_000, 4)))],
  },
  {
    name: '70 interleavings of four pairs, denied one by one',
    create: () => [
      compile({ ...everything, resources: [alternating(1, 'a3')] }),
      compile({ ...everything, resources: [alternating(1, 'a')] }, ...each('deny', interleavings(4))),
    ],
  },
  {
    name: '252 interleavings of five pairs, against twenty',
    create: () => [
      compile(everything, ...each('deny', interleavings(3))),
      compile(everything, ...each('deny', interleavings(5))),
    ],
  },
  {
    name: 'twenty stars against twenty',
    create: () => [
      compile(...each('allow', [alternating(20, 'ab')])),
      compile(...each('allow', [alternating(20, 'ba')])),
    ],
  },
  {
    name: 'four thousand actions on four thousand resources',
    create: () => {
      const many = Array.from({ length: 4_000 }, (_, i) => `p/${i}`);
      return [compile({ ...everything, actions: many }), compile({ effect: 'allow', actions: many, resources: many })];
    },
  },
];
