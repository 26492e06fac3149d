import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePermissions, type Statement } from '../../src/policy/index.ts';
import { askCovers } from './ask-covers.ts';
import { runs } from './depth.ts';
import { policyOf } from './vectors.ts';
import { openZ3, type Z3 } from './z3-solver.ts';

let z3: Z3;
beforeAll(async () => {
  z3 = await openZ3();
});
afterAll(() => z3.close());

const ANY = '(re.* re.allchar)';

/** A glob as a regular expression of SMT-LIB. */
const expressionOf = (glob: string): string => {
  const pieces = glob.split(/(\*)/).filter((piece) => piece !== '');
  const each = pieces.map((piece) => (piece === '*' ? ANY : `(str.to_re "${piece}")`));
  if (each.length === 0) return '(str.to_re "")';
  return each.length === 1 ? (each[0] as string) : `(re.++ ${each.join(' ')})`;
};

const all = (operator: 'and' | 'or', list: readonly string[]): string =>
  list.length === 0 ? `${operator === 'and'}` : `(${operator} ${list.join(' ')})`;

interface Rectangle {
  readonly effect: 'allow' | 'deny';
  readonly action: string;
  readonly segments: readonly { readonly path: string; readonly tags: readonly string[] }[];
}

const LITERAL_TAGS = ['t', 'u'];

/** In featbit's reading: what lies below is covered, and any of several tags is enough. `null`: never at this depth. */
const matches = ({ action, segments }: Rectangle, depth: number): string => {
  if (segments.length > depth) return 'false';
  return all('and', [
    `(str.in_re a ${expressionOf(action)})`,
    ...segments.flatMap(({ path, tags }, i) => [
      `(str.in_re s${i} ${expressionOf(path)})`,
      ...(tags.length === 0
        ? []
        : [
            all(
              'or',
              tags.map((tag) => `${tag}${i}`),
            ),
          ]),
    ]),
  ]);
};

/** All that one side allows, at one depth. */
const allows = (rectangles: readonly Rectangle[], depth: number): string => {
  const some = (effect: Rectangle['effect']) =>
    all(
      'or',
      rectangles.filter((one) => one.effect === effect).map((one) => matches(one, depth)),
    );
  return `(and ${some('allow')} (not ${some('deny')}))`;
};

const excessAt = (outer: readonly Rectangle[], inner: readonly Rectangle[], depth: number): string => {
  const levels = Array.from({ length: depth }, (_, i) => i);
  return [
    '(declare-const a String)',
    ...levels.map((i) => `(declare-const s${i} String)`),
    ...levels.flatMap((i) => LITERAL_TAGS.map((tag) => `(declare-const ${tag}${i} Bool)`)),
    '(assert (not (= a "")))',
    ...levels.map((i) => `(assert (not (= s${i} "")))`),
    `(assert ${allows(inner, depth)})`,
    `(assert (not ${allows(outer, depth)}))`,
  ].join('\n');
};

const setOf = (rectangles: readonly Rectangle[]) =>
  compilePermissions(
    [
      policyOf(
        'p',
        rectangles.map(({ effect, action, segments }): Statement => {
          const resource = segments
            .map(({ path, tags }) => (tags.length === 0 ? path : `${path};${tags.join()}`))
            .join(':');
          return { effect, actions: [action], resources: [resource] };
        }),
      ),
    ],
    { dialect: 'featbit' },
  );

/** Whether covers and the solver say the same; names with an empty part are spoken of by neither. */
const agree = async (outer: readonly Rectangle[], inner: readonly Rectangle[]): Promise<boolean> => {
  const deepest = Math.max(...[...outer, ...inner].map(({ segments }) => segments.length));
  let excess = false;
  for (let depth = 1; depth <= deepest + 1 && !excess; depth += 1) {
    excess = await z3.isSatisfiable(excessAt(outer, inner, depth));
  }
  const { covered } = askCovers(setOf(outer), setOf(inner));
  if (excess) expect(covered).toBe(false);
  else expect(covered).not.toBe(false);
  return excess;
};

const glob = (longest: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '*', '*'), minLength: 1, maxLength: longest });

const rectangle = (
  effect: fc.Arbitrary<Rectangle['effect']>,
  depth: number,
  longest: number,
): fc.Arbitrary<Rectangle> =>
  fc.record({
    effect,
    action: fc.constantFrom('x', 'y', '*'),
    segments: fc.array(
      fc.record({
        path: glob(longest),
        tags: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(LITERAL_TAGS)),
      }),
      { minLength: 1, maxLength: depth },
    ),
  });

describe('covers agrees with z3', () => {
  it('on whether one glob includes another', async () => {
    const seen = { true: 0, false: 0 };
    const of = (path: string): Rectangle[] => [{ effect: 'allow', action: 'x', segments: [{ path, tags: [] }] }];
    await fc.assert(
      fc.asyncProperty(glob(9), glob(9), async (wide, narrow) => {
        seen[`${await agree(of(wide), of(narrow))}`] += 1;
      }),
      runs(60),
    );
    expect(seen.true).toBeGreaterThan(5);
    expect(seen.false).toBeGreaterThan(5);
  });

  it('on unions of rectangles, with denies on both sides and tags', async () => {
    const seen = { true: 0, false: 0 };
    const side = fc
      .tuple(
        rectangle(fc.constant('allow'), 1, 2),
        fc.array(rectangle(fc.constantFrom('allow', 'deny'), 2, 6), { maxLength: 4 }),
      )
      .map(([first, more]) => [first, ...more]);
    await fc.assert(
      fc.asyncProperty(side, side, fc.boolean(), async (outer, inner, related) => {
        // Sides that have something in common are more often covered.
        const excess = await agree(
          outer,
          related ? [...outer.filter(({ effect }) => effect === 'deny'), ...inner] : inner,
        );
        seen[`${excess}`] += 1;
      }),
      runs(60),
    );
    expect(seen.true).toBeGreaterThan(5);
    expect(seen.false).toBeGreaterThan(5);
  });
});
