import fc from 'fast-check';
import type { Dialect, Policy, RoleAttributes, Statement } from '../../src/policy/index.ts';
import { resource, type Segment } from '../../src/policy/index.ts';
import type { NaiveRequest, NaiveSegment } from './naive-decide.ts';

/** Small alphabets, so that patterns and requests meet often. */
const word = (letters: string, max: number) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: max });

const oneOf = <T>(...items: readonly [T, ...T[]]) => fc.constantFrom(...items);

const tagText = (letters: string) =>
  fc.array(word(letters, 2), { minLength: 1, maxLength: 3 }).map((tags) => tags.join(','));

const propertyText = fc
  .uniqueArray(fc.tuple(oneOf('k', 'l'), oneOf('1', '2', '*')), {
    minLength: 1,
    maxLength: 2,
    selector: ([key]) => key,
  })
  .map((pairs) => `{${pairs.map(([key, value]) => `${key}:${value}`).join(',')}}`);

const attribute = (key: string) => `\${roleAttribute/${key}}`;

const attributePath = oneOf(
  attribute('one'),
  `a${attribute('one')}*`,
  attribute('two'),
  `${attribute('two')}b${attribute('one')}`,
  attribute('unset'),
  `${attribute('empty')}/a`,
);

const segmentPattern = (dialect: Dialect) => {
  const path =
    dialect === 'featbit' ? word('ab*/', 4) : fc.oneof({ weight: 5, arbitrary: word('ab*/', 4) }, attributePath);
  const details =
    dialect === 'featbit'
      ? tagText('ab*')
      : fc.oneof(
          tagText('ab*'),
          propertyText,
          fc.tuple(tagText('ab*'), propertyText).map(([tags, properties]) => `${tags},${properties}`),
          fc.tuple(propertyText, tagText('ab*')).map(([properties, tags]) => `${properties},${tags}`),
          oneOf(attribute('one'), `{k:${attribute('one')}}`),
        );
  return fc.oneof(
    { weight: 3, arbitrary: path },
    { weight: 2, arbitrary: fc.tuple(path, details).map(([own, rest]) => `${own};${rest}`) },
    { weight: 1, arbitrary: path.map((own) => `${own};`) },
  );
};

export const attributes: RoleAttributes = { one: ['a'], two: ['b', '*', 'ab'], empty: [] };

const pattern = (dialect: Dialect) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 6, arbitrary: fc.array(segmentPattern(dialect), { minLength: 1, maxLength: 3 }).map((s) => s.join(':')) },
  );

const statement = (dialect: Dialect): fc.Arbitrary<Statement> => {
  const name = dialect === 'featbit' ? oneOf('x', 'y', '*') : oneOf('x', 'y', 'xy', '*', 'x*', '*y', 'x*y');
  const list = <T>(item: fc.Arbitrary<T>, minLength: number) => fc.array(item, { minLength, maxLength: 3 });
  const effect = oneOf('allow' as const, 'allow' as const, 'deny' as const);
  const actions = fc.record({ actions: list(name, 0) });
  const resources = fc.record({ resources: list(pattern(dialect), 0) });
  if (dialect === 'featbit') {
    const resourceType = fc.oneof(
      { weight: 8, arbitrary: fc.constant({}) },
      oneOf({ resourceType: '*' }, { resourceType: 'a' }),
    );
    return fc.tuple(effect, actions, resources, resourceType).map(([e, a, r, t]) => ({ effect: e, ...a, ...r, ...t }));
  }
  const not = <K extends string, T>(key: K, item: fc.Arbitrary<T>) =>
    list(item, 1).map((entries) => ({ [key]: entries }) as Record<K, T[]>);
  return fc
    .tuple(
      effect,
      fc.oneof({ weight: 4, arbitrary: actions }, not('notActions', name)),
      fc.oneof({ weight: 4, arbitrary: resources }, not('notResources', pattern(dialect))),
    )
    .map(([e, a, r]) => ({ effect: e, ...a, ...r }));
};

export const policies = (dialect: Dialect): fc.Arbitrary<readonly Policy[]> =>
  fc
    .array(fc.array(statement(dialect), { maxLength: 4 }), { maxLength: 3 })
    .map((lists) => lists.map((statements, i) => ({ name: `p${i}`, statements })));

/** Requests of segments whose tags and properties are known or not. Keys hold nothing that `resource` refuses. */
export const requests: fc.Arbitrary<NaiveRequest> = fc.record({
  action: oneOf('x', 'y', 'xy', 'xzy', 'z'),
  segments: fc.array(
    fc.record<NaiveSegment>({
      path: fc.oneof(
        word('abc', 2),
        fc.tuple(word('abc', 2), word('ab/', 2)).map((parts) => parts.join('/')),
      ),
      tags: fc.oneof(
        { weight: 4, arbitrary: fc.array(word('abc', 2), { maxLength: 3 }) },
        fc.constant('unknown' as const),
      ),
      properties: fc.oneof(
        { weight: 4, arbitrary: oneOf({}, { k: '1' }, { k: '2' }, { k: 'a' }, { k: '1', l: '2' }) },
        fc.constant('unknown' as const),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** The request as `resource` builds it. */
export const toResource = ({ segments }: NaiveRequest) =>
  resource(
    ...segments.map(({ path, tags, properties }): Segment => {
      const slash = path.indexOf('/');
      const details = {
        ...(tags === 'unknown' ? {} : { tags }),
        ...(properties === 'unknown' ? {} : { properties }),
      };
      return slash < 0 ? [path] : [path.slice(0, slash), path.slice(slash + 1), details];
    }),
  );
