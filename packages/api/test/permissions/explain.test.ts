import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
let lister: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  [olivia, dana] = [await installation.member('acme', 'olivia'), await installation.member('acme', 'dana')];
  const { policyId } = await olivia.policies.create({
    name: 'Lists tokens',
    statements: [
      { effect: 'allow', resourceType: 'access-token', actions: ['ListAccessTokens'], resources: ['access-token/*'] },
    ],
  });
  const { memberId } = await olivia.members.add({ email: 'lea@acme.example', name: 'Lea', policyIds: [policyId] });
  lister = await installation.member('acme', memberId);
});
afterAll(() => installation.close());

const flag = 'project/shop:env/dev:flag/checkout';
const toggle = { action: 'ToggleFlag', resource: flag };
const statements = (...resources: readonly string[]) => [
  { resourceType: 'flag', effect: 'allow', actions: ['ToggleFlag'], resources: [...resources] },
];

let names = 0;
const issue = async (as: Caller, permissions: Parameters<Caller['tokens']['issue']>[0]['permissions']) => {
  names += 1;
  const { token, tokenText } = await as.tokens.issue({ name: `explained ${names}`, permissions });
  return { tokenId: token.tokenId, tokenText };
};

describe('permissions.explain', () => {
  it('shows an owner both layers: what matched, what nearly did and the one thing missing, and what to do', async () => {
    const { tokenId } = await issue(dana, {
      type: 'statements',
      statements: statements('project/shop:env/test:flag/*'),
    });
    const explained = await dana.permissions.explain({ tokenId, request: toggle });
    expect(explained).toMatchObject({ outcome: 'deny', decidedBy: 'token', because: 'no_allow', resource: flag });
    expect(explained.says).toBe(
      `“ToggleFlag” on “${flag}” is denied by the token's permissions: no statement allows it.`,
    );
    const [token, owner] = explained.layers;
    expect(token).toMatchObject({ layer: 'token', outcome: 'deny', matched: [], nearMissCount: 1 });
    expect(token?.nearMisses).toEqual([
      {
        effect: 'allow',
        policy: null,
        number: 1,
        added: false,
        statement: statements('project/shop:env/test:flag/*')[0],
        missing: {
          what: 'path',
          pattern: 'project/shop:env/test:flag/*',
          segment: 1,
          wanted: 'env/test',
          found: 'env/dev',
        },
        says: 'Would allow it: statement 1 of the token itself. But segment 2 is “env/dev” where its pattern “project/shop:env/test:flag/*” wants “env/test”.',
      },
    ]);
    expect(owner).toMatchObject({ layer: 'owner', outcome: 'allow', because: null });
    expect(owner?.matched[0]).toMatchObject({ effect: 'allow', policy: { id: 'developer', name: 'Developer' } });
    expect(explained.advice).toEqual([
      `Give the token “ToggleFlag” on “${flag}”; a service token is frozen, issue another one.`,
    ]);
  });

  it('speaks Chinese and Japanese', async () => {
    const bea = await installation.member('acme', 'bea');
    const request = { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/checkout;paid' };
    const chinese = await bea.permissions.explain({ request, language: 'zh-CN' });
    expect(chinese.layers[0]?.nearMisses[0]?.says).toContain('第 3 段缺少标签“beta”');
    const japanese = await bea.permissions.explain({ request, language: 'ja' });
    expect(japanese.says).toBe(
      '「project/shop:env/dev:flag/checkout;paid」に対する「ToggleFlag」はメンバーの権限により拒否されます：許可するステートメントがありません。',
    );
    expect(japanese.advice).toContain('または、リソースが実際にそうであれば、タグ「beta」を付けてください。');
  });

  it('decides as decide does, for members and tokens, named and own', async () => {
    const { tokenText } = await issue(dana, { type: 'inherit', manageTokens: false });
    const requests = [
      toggle,
      { action: 'DeleteFlag', resource: 'project/shop:env/prod:flag/a' },
      { action: 'CanManageIAM', resource: 'iam/*' },
      { action: 'ManagePersonalAccessTokens', resource: 'access-token/*' },
      { action: 'ToggleFlag', resource: '' },
      { action: 'ToggleFlag', resource: { segments: [{ type: 'project', key: 'shop' }] } },
    ];
    for (const caller of [
      dana,
      olivia,
      await installation.member('acme', 'devin'),
      await installation.token(tokenText),
    ]) {
      const { decisions } = await caller.permissions.decide({ requests });
      for (const [index, request] of requests.entries()) {
        const { outcome, decidedBy, because } = await caller.permissions.explain({ request });
        const decision = decisions[index]?.decision;
        expect([request, outcome]).toEqual([request, decision?.effect]);
        if (decision?.effect === 'deny') expect([decidedBy, because]).toEqual([decision.layer, decision.because]);
      }
    }
  });

  it('says that no wildcard gives a token the actions that manage tokens', async () => {
    const { tokenId } = await issue(dana, { type: 'inherit', manageTokens: false });
    const request = { action: 'ManagePersonalAccessTokens', resource: 'access-token/*' };
    const explained = await dana.permissions.explain({ tokenId, request });
    expect(explained).toMatchObject({ decidedBy: 'token', because: 'explicit_deny' });
    expect(explained.layers[0]?.matched[0]).toMatchObject({ effect: 'deny', added: true, policy: null });
    expect(explained.advice[0]).toMatch(/^Name the action on a token of your own/);
  });

  it.each([
    ['revoked', async (tokenId: string): Promise<void> => void (await dana.tokens.revoke({ tokenId }))],
    ['inactive', async (tokenId: string): Promise<void> => void (await dana.tokens.deactivate({ tokenId }))],
    [
      'expired',
      async (tokenId: string): Promise<void> =>
        void (await installation.sql(
          "update latchkey.token set expires_at = created_at + interval '1 millisecond' where token_id = ?",
          [tokenId],
        )),
    ],
  ] as const)('says of a token that is %s that no permission helps', async (state, stop) => {
    const { tokenId } = await issue(dana, { type: 'inherit', manageTokens: false });
    await stop(tokenId);
    const explained = await dana.permissions.explain({ tokenId, request: toggle });
    expect(explained).toMatchObject({ outcome: 'deny', decidedBy: state, because: null, advice: [] });
    expect(explained.says).toMatch(/nothing it allows counts/);
    // What its permissions would say is still there to be read.
    expect(explained.layers.map(({ outcome }) => outcome)).toEqual(['allow', 'allow']);
  });

  it('says by the hint which secret was presented: the newest, a superseded one, or none of this token', async () => {
    const { tokenId, tokenText: old } = await issue(dana, { type: 'inherit', manageTokens: false });
    const decidedBy = async (text: string, at?: string) =>
      (
        await dana.permissions.explain({
          ...{ tokenId, request: toggle, hint: text.slice(-4) },
          ...(at === undefined ? {} : { at }),
        })
      ).decidedBy;
    const rotated = await dana.tokens.rotate({ tokenId, graceMs: 3_600_000 });
    const inGrace = new Date().toISOString();
    expect([await decidedBy(old), await decidedBy(rotated.tokenText)]).toEqual([null, null]);
    await dana.tokens.cutGracePeriod({ tokenId });
    expect([await decidedBy(old), await decidedBy(rotated.tokenText)]).toEqual(['superseded', null]);
    expect(await decidedBy(old, inGrace)).toBeNull();
    const none = ['aaaa', 'bbbb', 'cccc'].find((hint) => ![old, rotated.tokenText].some((text) => text.endsWith(hint)));
    expect(await decidedBy(none ?? '')).toBe('wrong_secret');
    const { says } = await dana.permissions.explain({ tokenId, request: toggle, hint: old.slice(-4) });
    expect(says).toContain('goes on with its newest secret');
    // The secret comes before the state: of a revoked token, too.
    await dana.tokens.revoke({ tokenId });
    expect([await decidedBy(old), await decidedBy(rotated.tokenText)]).toEqual(['superseded', 'revoked']);
  });

  it('says that the address is not in the ranges, after the state and before the permissions', async () => {
    const addressRanges = ['192.0.2.0/24'];
    const { token } = await dana.tokens.issue({ name: `explained ${++names}`, addressRanges });
    const { tokenId } = token;
    const decidedBy = async (address?: string, request: { action: string; resource: string } = toggle) =>
      (await dana.permissions.explain({ tokenId, request, ...(address === undefined ? {} : { address }) })).decidedBy;
    expect(await decidedBy('192.0.2.7')).toBeNull();
    expect(await decidedBy()).toBeNull();
    expect(await decidedBy('198.51.100.7')).toBe('address');
    expect(await decidedBy('no address')).toBe('address');
    expect(await decidedBy('198.51.100.7', { action: 'CanManageIAM', resource: 'iam/*' })).toBe('address');
    await dana.tokens.deactivate({ tokenId });
    expect(await decidedBy('198.51.100.7')).toBe('inactive');
    const member = { memberId: 'dana', request: toggle, address: '192.0.2.7' };
    expect((await refusal(dana.permissions.explain(member))).code).toBe('BAD_INPUT');
  });

  it.each([
    ['idle', 'nobody had used it for too long'],
    ['late_use', 'an old secret was used after its end'],
  ])('says that a setting of the organization has deactivated it: %s', async (because, sentence) => {
    const { tokenId } = await issue(dana, { type: 'inherit', manageTokens: false });
    await installation.sql(
      "update latchkey.token set state = 'inactive', deactivated_at = now(), deactivated_because = ? where token_id = ?",
      [because, tokenId],
    );
    const explained = await dana.permissions.explain({ tokenId, request: toggle });
    expect(explained).toMatchObject({ outcome: 'deny', decidedBy: 'setting', because: null, advice: [] });
    expect(explained.says).toContain(sentence);
  });

  it('says of the token of a member who was removed that it ended with the membership', async () => {
    const { memberId } = await olivia.members.add({ email: 'gone@acme.example', name: 'G', policyIds: ['developer'] });
    const { tokenId } = await issue(await installation.member('acme', memberId), { type: 'inherit' });
    await olivia.members.remove({ memberId });
    expect(await olivia.permissions.explain({ tokenId, request: toggle })).toMatchObject({
      decidedBy: 'owner_removed',
    });
    expect(await olivia.permissions.explain({ memberId, request: toggle })).toMatchObject({
      outcome: 'deny',
      decidedBy: 'member_removed',
      says: 'The member was removed: its policies no longer count.',
    });
  });
});

describe('who may ask for an explanation', () => {
  it('is nobody who may not see the token or the member', async () => {
    const { tokenId, tokenText } = await issue(olivia, { type: 'inherit', manageTokens: false });
    const bearer = await installation.token(tokenText);
    const { tokenId: other } = await issue(olivia, { type: 'inherit', manageTokens: false });
    // She may have tokens of her own, and list nobody's.
    const bea = await installation.member('acme', 'bea');
    const asked = [
      bea.permissions.explain({ tokenId, request: toggle }),
      bea.permissions.explain({ tokenId: 'zzzzzzzzzzzzzzzz', request: toggle }),
      bea.permissions.explain({ memberId: 'olivia', request: toggle }),
      bea.permissions.explain({ memberId: 'nobody', request: toggle }),
      lister.permissions.explain({ memberId: 'dana', request: toggle }),
      // A token sees itself, and not its owner's others.
      bearer.permissions.explain({ tokenId: other, request: toggle }),
    ];
    for (const refused of await refusals(asked)) expect(refused).toEqual({ code: 'NOT_FOUND', details: {} });
    expect(await bearer.permissions.explain({ tokenId, request: toggle })).toMatchObject({ outcome: 'allow' });
    expect(await dana.permissions.explain({ memberId: 'dana', request: toggle })).toMatchObject({ outcome: 'allow' });
    expect(await olivia.permissions.explain({ memberId: 'dana', request: toggle })).toMatchObject({ outcome: 'allow' });
    expect(await refusal(olivia.permissions.explain({ tokenId, memberId: 'dana', request: toggle }))).toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it("is a token of its own layer, and of its owner's no more than the decision tells (NO-SELF-HELP)", async () => {
    const { tokenText } = await issue(dana, {
      type: 'statements',
      statements: statements('project/shop:env/dev:flag/*'),
    });
    const bearer = await installation.token(tokenText);
    const owners = { layer: 'owner', matched: [], matchedCount: 0, nearMisses: [], nearMissCount: 0 };
    const allowed = await bearer.permissions.explain({ request: toggle });
    expect(allowed.layers[1]).toMatchObject({ ...owners, outcome: 'allow' });
    // Refused by its own permissions: what its owner may do beyond them it doesn't learn, whatever that is.
    for (const request of [
      { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/a' },
      { action: 'CanManageIAM', resource: 'iam/*' },
    ]) {
      const refused = await bearer.permissions.explain({ request });
      expect(refused.layers[1]).toEqual({
        ...owners,
        outcome: 'hidden',
        because: null,
        says: "You may not see the owner's permissions.",
      });
      expect(refused.advice).toHaveLength(1);
    }
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['beta-flags-only'] });
    const demoted = await installation.token(tokenText);
    const refused = await demoted.permissions.explain({ request: toggle });
    expect(refused).toMatchObject({ decidedBy: 'owner', because: 'no_allow' });
    expect(refused.layers[1]).toMatchObject({ ...owners, outcome: 'deny', because: 'no_allow' });
    expect(JSON.stringify(refused)).not.toMatch(/beta/i);
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['developer'] });
  });

  it("is whoever lists tokens, of what stands in a token; not of its owner's or its named policies' text", async () => {
    const { tokenId } = await issue(dana, { type: 'policies', policyIds: ['developer'] });
    const own = await issue(dana, { type: 'statements', statements: statements('project/*:env/dev:flag/*') });
    const hidden = await lister.permissions.explain({ tokenId, request: toggle });
    expect(hidden.outcome).toBe('allow');
    expect(hidden.layers.map(({ matched, nearMisses }) => [...matched, ...nearMisses])).toEqual([[], []]);
    expect(JSON.stringify(hidden)).not.toMatch(/Developer/);
    const shown = await lister.permissions.explain({ tokenId: own.tokenId, request: toggle });
    expect(shown.layers.map(({ matchedCount }) => matchedCount)).toEqual([1, 0]);
    // Administrators read every policy; so does the owner read its own.
    for (const caller of [olivia, dana]) {
      const { layers } = await caller.permissions.explain({ tokenId, request: toggle });
      expect(layers.map(({ matched }) => matched[0]?.policy?.name)).toEqual(['Developer', 'Developer']);
    }
  });

  it('is told of no more than fifty statements of a list, those that could have helped first, and how many there are', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      resourceType: 'flag',
      effect: i < 30 ? 'deny' : 'allow',
      actions: ['ToggleFlag'],
      resources: [`project/shop:env/e${i}:flag/*`],
    }));
    const { tokenId } = await issue(dana, { type: 'statements', statements: many });
    const { layers } = await dana.permissions.explain({ tokenId, request: toggle });
    expect(layers[0]).toMatchObject({ nearMissCount: 60 });
    expect(layers[0]?.nearMisses).toHaveLength(50);
    expect(layers[0]?.nearMisses.slice(0, 30).every(({ effect }) => effect === 'allow')).toBe(true);
  });
});
