import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());
beforeEach(async () => {
  await installation.sql("update latchkey.settings set chosen = '{}', revision = 0 where organization_id = 'acme'");
});

let names = 0;
const name = () => `settings ${++names}`;
const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const statements = [
  { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
];
const service = { kind: 'service', permissions: { type: 'statements', statements } } as never as { kind: 'service' };

describe('settings are enforced, and the refusal says what would be taken', () => {
  it('an expiry that is demanded', async () => {
    await olivia.settings.update({ expiryDemanded: { personal: true, service: false } });
    const existing = await dana.tokens.issue({ name: name(), expiresAt: inDays(1) });
    for (const refused of await refusals([
      dana.tokens.issue({ name: name() }),
      dana.tokens.issue({ name: name(), expiresAt: null }),
      dana.tokens.clone({ tokenId: existing.token.tokenId, name: name(), expiresAt: null }),
      dana.tokens.extend({ tokenId: existing.token.tokenId, expiresAt: null }),
    ])) {
      expect(refused).toEqual({ code: 'EXPIRY_REQUIRED', details: {} });
    }
    expect((await dana.tokens.issue({ ...service, name: name() })).token.expiresAt).toBeNull();
  });

  it('the longest lifetime of a kind, from issue on, however often it is extended', async () => {
    await olivia.settings.update({ maxLifetimeDays: { personal: 10, service: null } });
    const { token } = await dana.tokens.issue({ name: name(), expiresAt: inDays(9) });
    const latest = new Date(Date.parse(token.createdAt) + 10 * DAY).toISOString();
    expect((await refusal(dana.tokens.issue({ name: name(), expiresAt: inDays(11) }))).code).toBe('EXPIRY_TOO_FAR');
    expect(await refusal(dana.tokens.extend({ tokenId: token.tokenId, expiresAt: inDays(11) }))).toEqual({
      code: 'EXPIRY_TOO_FAR',
      details: { latest, maxLifetimeDays: 10 },
    });
    expect((await dana.tokens.extend({ tokenId: token.tokenId, expiresAt: latest })).expiresAt).toBe(latest);
    expect((await refusal(dana.tokens.issue({ name: name() }))).code).toBe('EXPIRY_REQUIRED');
    expect((await dana.tokens.issue({ ...service, name: name(), expiresAt: inDays(400) })).token.kind).toBe('service');
  });

  it('the lifetime that a token has where nobody says anything', async () => {
    await olivia.settings.update({ defaultLifetimeDays: { personal: 30, service: null } });
    const { token } = await dana.tokens.issue({ name: name() });
    expect(Date.parse(token.expiresAt ?? '') - Date.parse(token.createdAt)).toBe(30 * DAY);
    expect((await dana.tokens.issue({ name: name(), expiresAt: null })).token.expiresAt).toBeNull();
  });

  it('the longest grace period, which shortens the usual one too', async () => {
    await olivia.settings.update({ maxGraceMs: 3_600_000 });
    const { token } = await dana.tokens.issue({ name: name() });
    const { tokenId } = token;
    expect(await refusal(dana.tokens.rotate({ tokenId, graceMs: 3_600_001 }))).toEqual({
      code: 'GRACE_TOO_LONG',
      details: { maxGraceMs: 3_600_000 },
    });
    const [, old] = (await dana.tokens.rotate({ tokenId })).token.secrets;
    expect(Date.parse(old?.acceptedUntil ?? '') - Date.parse(old?.supersededAt ?? '')).toBe(3_600_000);
  });

  it('address ranges that are allowed', async () => {
    await olivia.settings.update({ addressRanges: ['192.0.2.0/24', '2001:db8::/32'] });
    const issue = (addressRanges: string[]) => dana.tokens.issue({ name: name(), addressRanges });
    for (const ranges of [[], ['198.51.100.0/24'], ['192.0.2.0/23'], ['192.0.2.0/25', '::/0']]) {
      expect(await refusal(issue(ranges))).toEqual({
        code: 'ADDRESS_NOT_ALLOWED',
        details: { allowed: ['192.0.2.0/24', '2001:db8::/32'] },
      });
    }
    expect((await issue(['192.0.2.128/25', '2001:db8:1::/48'])).token.addressRanges).toHaveLength(2);
  });

  it.each([
    ['a member', { ofMember: 6, ofOrganization: null }, 'member'],
    ['the organization', { ofMember: null, ofOrganization: 6 }, 'organization'],
  ])('a limit on the tokens of %s, which 30 that issue at once do not exceed', async (_, limit, of) => {
    const { memberId } = await olivia.members.add({
      email: `limited-${of}@acme.example`,
      name: 'Lim',
      policyIds: ['developer'],
    });
    const lim = await installation.member('acme', memberId);
    const [before] = await installation.sql<{ count: number }>(
      "select count(*)::int as count from latchkey.token where organization_id = 'acme' and state <> 'revoked'",
    );
    const present = of === 'member' ? 0 : (before?.count ?? 0);
    const room = 6;
    await olivia.settings.update({
      maxTokens: of === 'member' ? { ...limit, ofMember: room } : { ...limit, ofOrganization: present + room },
    });
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => lim.tokens.issue({ name: name() })));
    const issued = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(issued).toHaveLength(room);
    expect(await refusal(lim.tokens.issue({ name: name() }))).toEqual({
      code: 'TOO_MANY_TOKENS',
      details: { limit: present + room, of },
    });
    // A revoked one makes room for the next.
    await lim.tokens.revoke({ tokenId: issued[0]?.token.tokenId ?? '' });
    expect((await lim.tokens.issue({ name: name() })).token.status).toBe('active');
  });

  it('a change comes before what is issued at the same time, or after it', async () => {
    const held = await installation.hold();
    await installation.deps.store.settings.lockForUpdate(held.tx, 'acme');
    const issuing = refusal(dana.tokens.issue({ name: name() }));
    await vi.waitUntil(async () => (await installation.waiting()) > 0);
    const { settings } = await installation.deps.store.settings.find('acme');
    const expiryDemanded = { personal: true, service: true };
    await installation.deps.store.settings.save(held.tx, 'acme', { ...settings, expiryDemanded });
    await held.commit();
    expect((await issuing).code).toBe('EXPIRY_REQUIRED');
  });
});

describe('changing settings', () => {
  it('is dry first: it lists which tokens would be out of bounds, and changes nothing', async () => {
    const { token } = await dana.tokens.issue({ name: name() });
    const change = {
      expiryDemanded: { personal: true, service: true },
      maxTokens: { ofMember: 1, ofOrganization: null },
    };
    const dry = await olivia.settings.update({ ...change, dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, revision: 0, changed: ['expiryDemanded', 'maxTokens'] });
    expect(dry.outOfBounds.items).toContainEqual({
      tokenId: token.tokenId,
      name: token.name,
      kind: 'personal',
      ownerId: 'dana',
      expiresAt: null,
      because: ['expiry_missing'],
    });
    expect(dry.overLimit.map(({ memberId }) => memberId)).toContain('dana');
    expect((await olivia.settings.get()).settings).not.toEqual(dry.settings);
    const done = await olivia.settings.update({ ...change, revision: dry.revision });
    expect(done).toEqual({ ...dry, dryRun: false, revision: 1 });
    expect(await olivia.settings.get()).toEqual({ settings: dry.settings, revision: 1 });
  });

  it('never ends a token: one that is out of bounds goes on', async () => {
    const { token, tokenText } = await dana.tokens.issue({ name: name() });
    await olivia.settings.update({
      maxLifetimeDays: { personal: 1, service: 1 },
      addressRanges: ['198.51.100.0/24'],
      maxTokens: { ofMember: 0, ofOrganization: 0 },
    });
    const { accepted } = await installation.verifier().verify.verify({ presentedToken: tokenText });
    expect(accepted).toBe(true);
    expect((await dana.tokens.rotate({ tokenId: token.tokenId })).token.status).toBe('active');
  });

  it('leaves an audit event that says what changed, and none where nothing did', async () => {
    await olivia.settings.update({ idleDays: 90, reminderDays: [1, 7, 7, 14] });
    await olivia.settings.update({ idleDays: 90 });
    const { items } = await olivia.audit.list({ action: 'organization.settings_changed', limit: 1 });
    expect(items).toMatchObject([
      {
        target: { type: 'organization', id: 'acme' },
        details: { idleDays: { from: null, to: 90 }, reminderDays: { from: [30, 7, 1], to: [14, 7, 1] } },
      },
    ]);
    expect((await olivia.settings.get()).revision).toBe(1);
  });

  it('says how long the trail is kept at least, within ten years', async () => {
    expect((await olivia.settings.get()).settings.auditKeptDays).toBeNull();
    const { settings, changed } = await olivia.settings.update({ auditKeptDays: 1_095 });
    expect([settings.auditKeptDays, changed]).toEqual([1_095, ['auditKeptDays']]);
    const gina = await installation.member('globex', 'gina');
    expect((await gina.settings.get()).settings.auditKeptDays).toBeNull();
    for (const auditKeptDays of [0, -1, 3_651, 1.5]) {
      expect((await refusal(olivia.settings.update({ auditKeptDays }))).code).toBe('BAD_INPUT');
    }
    expect((await olivia.settings.update({ auditKeptDays: null })).settings.auditKeptDays).toBeNull();
  });

  it('refuses what contradicts itself, and what somebody else has changed meanwhile', async () => {
    const problems = async (change: Parameters<Caller['settings']['update']>[0]) =>
      (await refusal(olivia.settings.update(change))).details;
    expect(
      await problems({
        maxLifetimeDays: { personal: 10, service: 9 },
        defaultLifetimeDays: { personal: 11, service: 9 },
      }),
    ).toMatchObject({ problems: [{ path: 'defaultLifetimeDays.personal', code: 'beyond_maximum' }] });
    expect(await problems({ addressRanges: ['192.0.2.0/24', 'home'] })).toMatchObject({
      problems: [{ path: 'addressRanges[1]', code: 'not_a_range' }],
    });
    await olivia.settings.update({ idleDays: 3 });
    expect(await refusal(olivia.settings.update({ idleDays: 4, revision: 0 }))).toEqual({
      code: 'CONFLICT',
      details: { revision: 1 },
    });
  });

  it('is for administrators; reading is for all who issue by them', async () => {
    expect(await refusal(dana.settings.update({ idleDays: 1 }))).toMatchObject({
      code: 'NOT_ALLOWED',
      details: { action: 'CanManageIAM' },
    });
    expect((await dana.settings.get()).revision).toBe(0);
  });

  it('TENANT-WALL: is of one organization', async () => {
    const gina = await installation.member('globex', 'gina');
    const { outOfBounds } = await gina.settings.update({ expiryDemanded: { personal: true, service: true } });
    const { items } = await gina.tokens.list();
    expect(outOfBounds.total).toBe(items.length);
    expect((await olivia.settings.get()).settings.expiryDemanded).toEqual({ personal: false, service: false });
  });
});
