import { compilePermissions, type Dialect, intersect, type PermissionSet, type Statement } from '@latchkey/core/policy';
import { createRandom } from './random.ts';

const compileIn = (dialect: Dialect, policies: readonly (readonly Statement[])[]): PermissionSet =>
  compilePermissions(
    policies.map((statements, i) => ({ name: `attack-${i}`, statements })),
    { dialect },
  );

const compile = (...statements: readonly Statement[]): PermissionSet => compileIn('featbit', [statements]);

const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
const each = (effect: 'allow' | 'deny', resources: readonly string[]): readonly Statement[] =>
  resources.map((resource) => ({ effect, actions: ['*'], resources: [resource] }));
const listOf = <T>(count: number, create: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => create(i));

/** Globs of many stars, no two alike. */
const globs = (count: number, seed: number, stars = 8): readonly string[] => {
  const random = createRandom(seed);
  const letters = () => listOf(1 + random(3), () => 'abcd'.charAt(random(4))).join('');
  return listOf(count, () => `*${listOf(stars, letters).join('*')}*`);
};

const starred = (letters: string): string => `*${[...letters].join('*')}*`;

/** Each order in which the letters of two texts may stand, those of each in their own order. */
const interleavings = (first: string, second: string): readonly string[] =>
  first === '' || second === ''
    ? [first + second]
    : [
        ...interleavings(first.slice(1), second).map((rest) => first.charAt(0) + rest),
        ...interleavings(first, second.slice(1)).map((rest) => second.charAt(0) + rest),
      ];

/** What contains both texts in order contains one of their interleavings, so the inner set denies all of it. */
const interleaved = (first: string, second: string): [PermissionSet, PermissionSet] => [
  compile(everything, ...each('deny', [`p/${starred(first)}`])),
  compile(
    ...each('allow', [`p/${starred(second)}`]),
    ...each(
      'deny',
      interleavings(first, second).map((text) => `p/${starred(text)}`),
    ),
  ),
];

const letters = (from: string, count: number): string =>
  listOf(count, (i) => String.fromCharCode(from.charCodeAt(0) + i)).join('');

/** COVERS.md's: what somebody would write to make a comparison endless. */
export const attacks: Readonly<Record<string, () => [outer: PermissionSet, inner: PermissionSet]>> = {
  'many-star denies, a thousand on each side': () => [
    compile(everything, ...each('deny', globs(1_000, 1))),
    compile(everything, ...each('deny', globs(1_000, 2))),
  ],
  'many-star allows, a thousand, and as many denies on each side': () => [
    compile(everything, ...each('deny', globs(1_000, 3))),
    compile(...each('allow', globs(1_000, 4)), ...each('deny', globs(1_000, 5))),
  ],
  'interleavings of four pairs, 70 of them, denied one by one': () => interleaved('abcd', 'wxyz'),
  'interleavings of six pairs, 924 of them': () => interleaved('abcdef', 'uvwxyz'),
  'twenty stars against twenty others': () => [
    compile(everything, ...each('deny', [`p/${starred(letters('a', 20))}`])),
    compile(
      ...each('allow', [`p/${starred(letters('A', 20))}`]),
      ...each('deny', [
        `p/${starred(letters('K', 10) + letters('k', 10))}`,
        `p/${starred(letters('a', 10) + letters('A', 10))}`,
      ]),
    ),
  ],
  'tags by many-star globs, 500 on each side': () => [
    compile(
      everything,
      ...each(
        'deny',
        globs(500, 6).map((glob) => `*;${glob}`),
      ),
    ),
    compile(
      everything,
      ...each(
        'deny',
        globs(500, 7).map((glob) => `*;${glob}`),
      ),
    ),
  ],
  'tags that only count together, forty on each of two segments': () => [
    compile(
      everything,
      ...each(
        'deny',
        listOf(40, (i) => `*;t${i}:*;u${i}`),
      ),
    ),
    compile(
      everything,
      ...each(
        'deny',
        listOf(39, (i) => `*;t${i}:*;u${i + 1}`),
      ),
      ...each(
        'deny',
        listOf(40, (i) => `*;t${i}:*a*;u${i}`),
      ),
      ...each(
        'deny',
        listOf(40, (i) => `*;t${i}:*b*;u${i}`),
      ),
      ...each(
        'deny',
        listOf(40, (i) => `*${String.fromCharCode(97 + (i % 26))}*;t${i}:*;u${i}`),
      ),
    ),
  ],
  'policies, 26 of them, each refused by either of two denies': () => {
    const either = (i: number) => [`p/*${letters('a', 26).charAt(i)}*`, `p/*${letters('A', 26).charAt(i)}*`];
    const clashing = listOf(25, (i) => [
      `p/*${either(i)[0]?.charAt(3)}*${either(i + 1)[1]?.charAt(3)}*`,
      `p/*${either(i)[1]?.charAt(3)}*${either(i + 1)[0]?.charAt(3)}*`,
    ]).flat();
    return [
      compileIn(
        'launchdarkly',
        listOf(26, (i) => [everything, ...each('deny', either(i))]),
      ),
      compileIn('launchdarkly', [[...each('allow', ['p/*']), ...each('deny', clashing)]]),
    ];
  },
  'intersections of eight sets by intersections of eight': () => {
    const sets = (seed: number) =>
      listOf(8, (i) =>
        compileIn(i % 2 === 0 ? 'featbit' : 'launchdarkly', [
          [everything, ...each('deny', globs(60, seed + i, 5))],
          each('allow', globs(5, seed + 50 + i, 3)),
        ]),
      ) as [PermissionSet, ...PermissionSet[]];
    return [intersect(...sets(1_000)), intersect(...sets(2_000))];
  },
  'sixteen segments, each with stars, 200 denies on each side': () => {
    const deep = (count: number, seed: number) => {
      const parts = globs(count * 16, seed, 2);
      return listOf(count, (i) => parts.slice(i * 16, i * 16 + 16).join(':'));
    };
    return [
      compile(everything, ...each('deny', deep(200, 9))),
      compile(...each('allow', deep(3, 11)), ...each('deny', deep(200, 10))),
    ];
  },
  'actions by many-star globs, 500 on each side': () => {
    const acting = (effect: 'allow' | 'deny', seed: number): readonly Statement[] =>
      globs(500, seed).map((glob) => ({ effect, actions: [glob], resources: ['*'] }));
    return [
      compileIn('launchdarkly', [[everything, ...acting('deny', 12)]]),
      compileIn('launchdarkly', [[everything, ...acting('deny', 13)]]),
    ];
  },
  'four thousand actions on four thousand resources': () => {
    const many = listOf(4_000, (i) => `p/${i}`);
    return [compile({ ...everything, actions: many }), compile({ effect: 'allow', actions: many, resources: many })];
  },
  'a hundred statements, each of other thousand actions on other two hundred resources': () => {
    const mixed = (seed: number) => {
      const random = createRandom(seed);
      return compile(
        ...listOf(
          100,
          (): Statement => ({
            effect: random(5) === 0 ? 'deny' : 'allow',
            actions: listOf(1_000, () => `act${random(2_000)}`),
            resources: listOf(200, () => `p/${random(400)}:env/${random(3) === 0 ? '*' : random(9)}`),
          }),
        ),
      );
    };
    return [mixed(21), mixed(22)];
  },
};
