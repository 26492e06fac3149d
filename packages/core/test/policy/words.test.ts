import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  createSay,
  type DescribeOptions,
  describeExplanation,
  explainLayers,
  type Language,
  type Layer,
  type Missing,
  type PermissionLayer,
  parseResource,
  type Statement,
  type StatementReference,
} from '../../src/policy/index.ts';
import { words } from '../../src/policy/words/say.ts';
import { policyOf, readVectors } from './vectors.ts';

interface WordsVectors {
  readonly cases: readonly {
    readonly says: string;
    readonly dialect: 'featbit' | 'launchdarkly';
    readonly statement: Statement;
    readonly request: readonly [string, unknown];
    readonly missing: Missing;
    readonly words: Readonly<Record<Language, { readonly nearMiss: string; readonly advice: readonly string[] }>>;
  }[];
}

const languages = ['en', 'zh-CN', 'ja'] as const satisfies readonly Language[];
const { cases } = readVectors('explain-words') as WordsVectors;

const layerOf = (
  layer: Layer,
  statements: readonly Statement[],
  dialect: 'featbit' | 'launchdarkly' = 'featbit',
): PermissionLayer => ({ layer, permissions: compilePermissions([policyOf('Team', statements)], { dialect }) });

const describeIt = (
  layers: Parameters<typeof explainLayers>[0],
  [action, resource]: readonly [string, string],
  options: Partial<DescribeOptions> = {},
) =>
  describeExplanation(
    explainLayers(layers, { action, resource }),
    { action, resource },
    {
      language: 'en',
      of: 'token',
      ...options,
    },
  );

const allow: Statement = { effect: 'allow', actions: ['See'], resources: ['project/shop'] };
const deny: Statement = { ...allow, effect: 'deny' };
const other: Statement = { ...allow, actions: ['Edit'] };

describe('an explanation in words', () => {
  for (const language of languages) {
    it.each(cases)(`says what one thing was missing, and what to do about it (${language}): $says`, (one) => {
      const { dialect, statement, missing } = one;
      const [action, asked] = one.request;
      const resource = parseResource(asked);
      const explained = explainLayers([layerOf('owner', [statement], dialect)], { action, resource });
      expect(explained.layers[0]?.explanation?.nearMisses.map((near) => near.missing)).toEqual([missing]);
      const shown =
        typeof resource === 'string' ? resource : resource.segments.map(({ type, key }) => `${type}/${key}`).join(':');
      const described = describeExplanation(explained, { action, resource: shown }, { language, of: 'member' });
      expect({ nearMiss: described.layers[0]?.nearMisses[0], advice: described.advice }).toEqual(one.words[language]);
    });
  }

  it('has a vector for every kind of missing thing', () => {
    const kinds = new Set(cases.map(({ missing }) => missing.what));
    expect([...kinds].sort()).toEqual(
      ['action', 'depth', 'excluded_action', 'excluded_resource', 'path', 'properties', 'tags'].sort(),
    );
  });

  it('has the same placeholders in every language', () => {
    const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    for (const [key, english] of Object.entries(words.en)) {
      for (const language of languages) {
        const text = words[language][key as keyof typeof words.en];
        expect([language, key, placeholders(text)]).toEqual([language, key, placeholders(english)]);
      }
    }
  });

  it('names the layer that decided, in the words of a token or of a member', () => {
    expect(describeIt([layerOf('token', [allow]), layerOf('owner', [other])], ['See', 'project/shop']).summary).toBe(
      "“See” on “project/shop” is denied by the owner's permissions: no statement allows it.",
    );
    expect(
      describeIt([layerOf('token', [allow, deny]), layerOf('owner', [allow])], ['See', 'project/shop']).summary,
    ).toBe(
      "“See” on “project/shop” is denied by the token's permissions: one statement denies what another one allows.",
    );
    expect(describeIt([layerOf('owner', [other])], ['See', 'project/shop'], { of: 'member' }).summary).toBe(
      "“See” on “project/shop” is denied by the member's permissions: no statement allows it.",
    );
    expect(describeIt([layerOf('token', [allow]), layerOf('owner', [allow])], ['See', 'project/shop'])).toEqual({
      summary: '“See” on “project/shop” is allowed.',
      layers: [
        {
          layer: 'token',
          summary: "Allowed by the token's permissions.",
          matched: ['Allows it: statement 1 of the token itself.'],
          nearMisses: [],
        },
        {
          layer: 'owner',
          summary: "Allowed by the owner's permissions.",
          matched: ['Allows it: statement 1 of the policy “Team”.'],
          nearMisses: [],
        },
      ],
      advice: [],
    });
  });

  it('says what each refusing layer needs: mending one alone would only move the refusal', () => {
    expect(describeIt([layerOf('token', [other]), layerOf('owner', [other])], ['See', 'project/shop']).advice).toEqual([
      'Give the token “See” on “project/shop”; a service token is frozen, issue another one.',
      "Ask an administrator for “See” on “project/shop” in the owner's policies.",
    ]);
  });

  it('does not advise another allow against a deny that outweighs all; where policies are judged alone it does', () => {
    expect(describeIt([layerOf('owner', [allow, deny])], ['See', 'project/shop']).advice).toEqual([
      'One more allow will not help: the deny has to be narrowed or taken away (statement 2 of the policy “Team”).',
    ]);
    expect(
      describeIt([layerOf('owner', [allow, deny], 'launchdarkly')], ['See', 'project/shop'], { language: 'ja' }).advice,
    ).toEqual([
      '拒否を狭めるか取り除くか（ポリシー「Team」の 2 番目のステートメント）、許可する別のポリシーを用意してください。ポリシーは一つずつ判定されます。',
    ]);
  });

  it('says of a deny that was put beside a token that the action must be named', () => {
    const isAdded = (layer: Layer, { statementIndex }: StatementReference) => layer === 'token' && statementIndex === 1;
    const described = describeIt([layerOf('token', [allow, deny])], ['See', 'project/shop'], { isAdded });
    expect(described.layers[0]?.matched[1]).toBe(
      'Denies it: a deny that stands beside the token (actions that manage tokens must be named, no wildcard gives them).',
    );
    expect(described.advice).toEqual([
      'Name the action on a token of your own: give it a statement with “See” on “project/shop”.',
    ]);
  });

  it('calls a request that nobody can read what it is, and does not advise asking for it', () => {
    const described = describeIt([layerOf('owner', [allow])], ['See', Array(17).fill('a/b').join(':')]);
    expect(described.layers[0]?.summary).toMatch(/^Such a request is always denied/);
    expect(described.advice).toEqual([]);
  });

  it('says of a layer that was not kept that it is not known, and denies only what a known one denies', () => {
    const unknown = { layer: 'owner', dialect: 'featbit', permissions: null } as const;
    const undecided = describeIt([layerOf('token', [allow]), unknown], ['See', 'project/shop']);
    expect(undecided.summary).toBe('Whether “See” on “project/shop” was allowed is not known any more.');
    expect(undecided.layers[1]?.summary).toBe("What the owner's permissions were at that time was not kept.");
    expect(undecided.advice).toEqual([]);
    const denied = describeIt([layerOf('token', [other]), unknown], ['See', 'project/shop']);
    expect(denied.summary).toMatch(/is denied by the token's permissions/);
    expect(describeIt([unknown], ['See', 'project/shop']).summary).toMatch(/is not known any more/);
  });

  it('says of a hidden layer that it refused, if it is the one that did, and nothing else of it', () => {
    const isHidden = (layer: Layer) => layer === 'owner';
    const asked = ['See', 'project/shop'] as const;
    const second = describeIt([layerOf('token', [allow]), layerOf('owner', [allow, deny])], asked, { isHidden });
    expect(second.layers[1]).toEqual({
      layer: 'owner',
      summary: "Denied by the owner's permissions: one statement denies what another one allows.",
      matched: [],
      nearMisses: [],
    });
    expect(second.advice).toEqual(["Ask an administrator for “See” on “project/shop” in the owner's policies."]);
    // Whether the owner may do what the token may not is nothing that the decision tells.
    for (const statements of [[allow], [other], [allow, deny]]) {
      const first = describeIt([layerOf('token', [other]), layerOf('owner', statements)], asked, { isHidden });
      expect(first.layers[1]).toEqual({
        layer: 'owner',
        summary: "You may not see the owner's permissions.",
        matched: [],
        nearMisses: [],
      });
      expect(first.advice).toHaveLength(1);
    }
    const allowed = describeIt([layerOf('token', [allow]), layerOf('owner', [allow])], asked, { isHidden });
    expect(allowed.layers[1]).toMatchObject({ summary: "Allowed by the owner's permissions.", matched: [] });
  });

  it('does not advise to meet the condition of a deny', () => {
    const tagged: Statement = { effect: 'deny', actions: ['See'], resources: ['project/shop;secret'] };
    const { advice, layers } = describeIt([layerOf('owner', [tagged, other])], ['See', 'project/shop'], {
      of: 'member',
    });
    expect(layers[0]?.nearMisses).toHaveLength(2);
    expect(layers[0]?.summary).toBe("Denied by the member's permissions: no statement allows it.");
    expect(advice).toEqual(['Ask for “See” on “project/shop”.']);
  });

  it('names the policy of a token that names policies', () => {
    const policy = { ...policyOf('Team', [allow]), id: 'team' };
    const permissions = compilePermissions([policy], { dialect: 'featbit' });
    const { layers } = describeIt([{ layer: 'token', permissions }], ['See', 'project/shop']);
    expect(layers[0]?.matched).toEqual(['Allows it: statement 1 of the policy “Team”.']);
  });

  it('says of a hidden layer nothing at all where the decision is not known', () => {
    const unknown = { layer: 'token', dialect: 'featbit', permissions: null } as const;
    const isHidden = (layer: Layer) => layer === 'owner';
    const { layers } = describeIt([unknown, layerOf('owner', [allow])], ['See', 'project/shop'], { isHidden });
    expect(layers).toEqual([
      {
        layer: 'token',
        summary: "What the token's permissions were at that time was not kept.",
        matched: [],
        nearMisses: [],
      },
      { layer: 'owner', summary: "You may not see the owner's permissions.", matched: [], nearMisses: [] },
    ]);
  });

  it('cuts nothing that is short enough', () => {
    const five = Array.from({ length: 5 }, (_, i) => `Do${i}`);
    const { layers } = describeIt([layerOf('owner', [{ ...allow, actions: five }])], ['See', 'project/shop']);
    expect(layers[0]?.nearMisses[0]).toContain('it is for “Do0”, “Do1”, “Do2”, “Do3”, “Do4” and not for “See”');
    expect(describeIt([layerOf('owner', [allow])], ['S'.repeat(200), 'project/shop']).summary).toContain(
      `“${'S'.repeat(200)}”`,
    );
  });

  it('quotes what somebody else wrote: nothing in it is invisible, turns the text around, fills a placeholder or floods', () => {
    const name = `\u202eflag\u200b\n{place}\ud800`;
    const permissions = compilePermissions([policyOf(name, [other])], { dialect: 'featbit' });
    const described = describeIt([{ layer: 'owner', permissions }], ['See', 'project/shop']);
    expect(described.layers[0]?.nearMisses[0]).toContain('“\\u{202E}flag\\u{200B}\\u{000A}{place}\\u{D800}”');
    const many = Array.from({ length: 9 }, (_, i) => `Do${i}`);
    expect(
      describeIt([layerOf('owner', [{ ...allow, actions: many }])], ['See', 'project/shop']).layers[0]?.nearMisses[0],
    ).toContain('“Do0”, “Do1”, “Do2”, “Do3”, “Do4” and 4 more and not for');
    const long = describeIt([layerOf('owner', [allow])], ['S'.repeat(400), 'project/shop']).summary;
    expect(long).toContain(`“${'S'.repeat(200)}…”`);
  });

  it('words a state that no permission helps against', () => {
    expect(createSay('en')('state.revoked')).toMatch(/has been revoked/);
    expect(createSay('zh-CN')('state.revoked')).toMatch(/已撤销/);
    expect(createSay('ja')('state.revoked')).toMatch(/失効/);
  });
});
