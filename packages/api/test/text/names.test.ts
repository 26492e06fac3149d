import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
let tokenId: string;
let policyId: string;
let groupId: string;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  dana = await installation.member('acme', 'dana');
  tokenId = (await dana.tokens.issue({ name: 'plain' })).token.tokenId;
  ({ policyId } = await olivia.policies.create({ name: 'plain', statements }));
  ({ groupId } = await olivia.groups.create({ name: 'plain' }));
});
afterAll(() => installation.close());

const statements = [
  { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/*:env/*:flag/*'] },
];
const permissions = { type: 'statements' as const, statements };
let count = 0;

/** Everything that is given a name. */
const naming: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  'tokens.issue': (name) => dana.tokens.issue({ name }),
  'tokens.clone': (name) => dana.tokens.clone({ tokenId, name }),
  'tokens.rename': (name) => dana.tokens.rename({ tokenId, name }),
  'tokens.handOver': (name) => dana.tokens.handOver({ tokenId, name, permissions }),
  'policies.create': (name) => olivia.policies.create({ name, statements }),
  'policies.update': (name) => olivia.policies.update({ policyId, revision: 1, name }),
  'policies.clone': (name) => olivia.policies.clone({ policyId, name }),
  'groups.create': (name) => olivia.groups.create({ name }),
  'groups.update': (name) => olivia.groups.update({ groupId, revision: 1, name }),
  'groups.clone': (name) => olivia.groups.clone({ groupId, name }),
  'members.add': (name) => olivia.members.add({ email: `n${++count}@acme.example`, name }),
};

const UNFIT = {
  'a line break': 'two\nlines',
  'a carriage return': 'over\rwritten',
  'a terminal escape': 'red \u001b[31m alert',
  'a bell': 'ding\u0007',
  'a C1 control': 'csi\u009b31m',
  'a bidirectional override': 'invoice\u202etxt.exe',
  'a bidirectional isolate': 'a\u2066b\u2069',
  'a zero-width space': 'ad\u200bmin',
  'a zero-width joiner': 'ad\u200dmin',
  'a soft hyphen': 'ad\u00admin',
  'a byte order mark': '\ufeffadmin',
  'a line separator': 'a\u2028b',
  'a Hangul filler': 'a\u3164b',
  'a tag character': 'a\u{e0041}b',
  'a blank at its end': 'admin ',
  'nothing but a blank': '\u00a0',
} as const;

const everything = () =>
  installation.sql(`
    select (select json_agg(t.name order by t.token_id) from latchkey.token t) as tokens,
           (select json_agg(p.name order by p.policy_id) from iam.policy p) as policies,
           (select json_agg(g.name order by g.group_id) from iam."group" g) as groups,
           (select json_agg(m.name order by m.member_id) from iam.member m) as members,
           (select count(*) from latchkey.audit_event) as events`);

describe.each(Object.keys(naming))('%s', (procedure) => {
  const name = (text: string) => naming[procedure]?.(text) ?? Promise.reject(new Error(procedure));

  it('takes no name that shows nothing, reads as another one or steers a terminal, and keeps nothing of it', async () => {
    const before = await everything();
    for (const [what, text] of Object.entries(UNFIT)) {
      expect([what, (await refusal(name(text))).code]).toEqual([what, 'NAME_INVALID']);
    }
    expect(await everything()).toEqual(before);
  });

  it('BOUNDED-WORK: takes no name of 10 MB, and repeats nothing of it', async () => {
    for (const text of ['A'.repeat(10_000_000), '\u{1f600}'.repeat(2_500_000), `a${'\u0301'.repeat(5_000_000)}`]) {
      const refused = await refusal(name(text));
      expect(['BAD_INPUT', 'NAME_INVALID']).toContain(refused.code);
      expect(JSON.stringify(refused).length).toBeLessThan(1_000);
    }
  });

  it('takes no half of a character and no NUL', async () => {
    for (const text of ['half \ud83d', 'nul\0']) {
      expect(['BAD_INPUT', 'NAME_INVALID']).toContain((await refusal(name(text))).code);
    }
  });
});

describe('names of tokens that are the same', () => {
  it.each([
    ['composed and decomposed', 'Caf\u00e9 deploy', 'Cafe\u0301 deploy'],
    ['in full width', 'CI 42', '\uff23\uff29 \uff14\uff12'],
    ['with a ligature', 'office', 'o\ufb03ce'],
    ['in upper case', 'stra\u00dfe 7', 'STRASSE 7'],
    ['with a final sigma', '\u03bf\u03b4\u03cc\u03c2', '\u039f\u0394\u038c\u03a3'],
    ['drawn as an emoji or not', 'ship \u2708', 'ship \u2708\ufe0f'],
    ['half-width katakana', '\u30ab\u30ca', '\uff76\uff85'],
  ])('%s: the second one is refused, wherever it is given', async (_, first, second) => {
    const { token } = await dana.tokens.issue({ name: first });
    for (const procedure of ['tokens.issue', 'tokens.clone', 'tokens.rename', 'tokens.handOver']) {
      const refused = await refusal(naming[procedure]?.(second) ?? Promise.reject(new Error(procedure)));
      expect([procedure, refused.code]).toEqual([procedure, 'NAME_TAKEN']);
    }
    expect(await dana.tokens.isNameTaken({ name: second })).toEqual({ taken: true, problems: [] });
    expect((await dana.tokens.list({ nameContains: second })).items.map(({ tokenId: id }) => id)).toEqual([
      token.tokenId,
    ]);
    // Its own name in another shape is no other's.
    expect(await dana.tokens.rename({ tokenId: token.tokenId, name: second })).toMatchObject({ name: second });
  });

  it('letters of two scripts that look alike are two names', async () => {
    await dana.tokens.issue({ name: 'admin bot' });
    expect((await dana.tokens.issue({ name: '\u0430dmin bot' })).token.name).toBe('\u0430dmin bot');
  });
});

describe('a description, and a reason', () => {
  const text = 'line one\n\u202eenil \u001b[31m\u200b=HYPERLINK("http://x")';

  it('come back as they were written, and break no line of the log', async () => {
    const { token } = await dana.tokens.issue({ name: 'described', description: text });
    expect(token.description).toBe(text);
    await dana.tokens.deactivate({ tokenId: token.tokenId, reason: text });
    const { items } = await olivia.audit.list({ targetId: token.tokenId, action: 'token.deactivated' });
    expect(items[0]?.reason).toBe(text);
    for (const line of installation.logged) {
      for (const control of ['\n', '\r', '\u001b']) expect(line.trimEnd()).not.toContain(control);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });
});
