import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let owner: Caller;
let ownerId: string;
let count = 0;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());
beforeEach(async () => {
  count += 1;
  ({ memberId: ownerId } = await olivia.members.add({
    email: `bulk${count}@acme.example`,
    name: 'Bulk',
    policyIds: ['developer'],
  }));
  owner = await installation.member('acme', ownerId);
});

const issue = async (number: number) => {
  const issued = [];
  for (let index = 0; index < number; index += 1) {
    issued.push(await owner.tokens.issue({ name: `bulk ${count}.${index}` }));
  }
  return issued;
};
const statusOf = async (tokenId: string) => (await olivia.tokens.get({ tokenId })).status;
const reports = async () =>
  (await olivia.audit.list({ action: 'organization.tokens_stopped', limit: 200 })).items.filter(
    ({ details }) => (details['filter'] as { ownerId?: string }).ownerId === ownerId,
  );

describe('stopping tokens in bulk', () => {
  it('lists in a dry run what would be hit, and changes nothing', async () => {
    const [first, second] = await issue(2);
    const dry = await olivia.tokens.bulk({ action: 'revoke', filter: { ownerId }, dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, stoppedCount: 2, skippedCount: 0, done: true, settled: true });
    expect(dry.items.map(({ tokenId }) => tokenId)).toEqual([first?.token.tokenId, second?.token.tokenId]);
    expect(await statusOf(first?.token.tokenId ?? '')).toBe('active');
    expect(await reports()).toEqual([]);
  });

  it('stops them all and settles, with an audit event for each and one report', async () => {
    const issued = await issue(60);
    const filter = { ownerId };
    const done = await olivia.tokens.bulk({ action: 'deactivate', filter, expectedCount: 60, reason: 'offboarding' });
    expect(done).toMatchObject({ stoppedCount: 60, done: true, settled: true });
    for (const { token, tokenText } of issued.slice(0, 3)) {
      expect(await statusOf(token.tokenId)).toBe('inactive');
      expect(await installation.verifier().verify.verify({ presentedToken: tokenText })).toMatchObject({
        accepted: false,
        reason: 'inactive',
      });
    }
    const [report, ...others] = await reports();
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      reason: 'offboarding',
      details: { action: 'deactivate', filter, stoppedCount: 60, skippedCount: 0, done: true },
    });
    const { items } = await olivia.audit.list({
      targetId: issued[0]?.token.tokenId ?? '',
      action: 'token.deactivated',
    });
    expect(items).toMatchObject([{ reason: 'offboarding', details: { bulkId: report?.details['bulkId'] } }]);
    // Said again there is nothing left to do, and nothing to report.
    expect(await olivia.tokens.bulk({ action: 'deactivate', filter })).toMatchObject({ stoppedCount: 0, done: true });
    expect(await reports()).toHaveLength(1);
  });

  it('goes on where a call before it has ended, 500 at a time', async () => {
    await installation.sql(
      `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id,
         permissions, address_ranges, created_at, installation_mark, organization_mark, owner_mark)
       select organization_id, left(token_id, 3) || lpad(n::text, 13, '0'), kind, 'many ' || n, 'many ' || n, state, owner_id,
         issuer_type, issuer_id, permissions, address_ranges, created_at, installation_mark, organization_mark, owner_mark
         from latchkey.token, generate_series(1, 519) n where token_id = ?`,
      [(await issue(1))[0]?.token.tokenId ?? ''],
    );
    const filter = { ownerId };
    const bulk = { action: 'revoke', filter } as const;
    const dry = await olivia.tokens.bulk({ ...bulk, dryRun: true });
    expect([dry.items.length, dry.done]).toEqual([500, false]);
    const rest = await olivia.tokens.bulk({ ...bulk, dryRun: true, resume: dry.resume ?? '' });
    expect(rest).toMatchObject({ bulkId: dry.bulkId, stoppedCount: 20, done: true, resume: null });
    const first = await olivia.tokens.bulk({ ...bulk, expectedCount: 500 });
    expect(first).toMatchObject({ stoppedCount: 500, done: false });
    expect(new Set(first.items.map(({ outcome }) => outcome))).toEqual(new Set(['stopped']));
    const resume = first.resume ?? '';
    // It goes on with this run and no other.
    for (const other of [
      { action: 'deactivate' },
      { filter: { ownerId, kind: 'personal' } },
      { dryRun: true },
    ] as const) {
      expect((await refusal(olivia.tokens.bulk({ ...bulk, ...other, resume }))).code).toBe('CURSOR_INVALID');
    }
    expect((await refusal(owner.tokens.bulk({ ...bulk, resume }))).code).toBe('CURSOR_INVALID');
    const last = await olivia.tokens.bulk({ ...bulk, resume, expectedCount: 20 });
    expect(last).toMatchObject({ bulkId: first.bulkId, stoppedCount: 20, done: true, resume: null });
    // The last event of a run reports all of it.
    expect((await reports()).map(({ details }) => details)).toEqual([
      expect.objectContaining({ bulkId: first.bulkId, stoppedCount: 520, done: true }),
      expect.objectContaining({ bulkId: first.bulkId, stoppedCount: 500, done: false }),
    ]);
    expect((await olivia.tokens.list(filter)).items).toEqual([]);
  });

  it('picks by last use, by expiry and by state', async () => {
    const [idle, used, soon] = await issue(3);
    const id = (issued: typeof idle) => issued?.token.tokenId ?? '';
    await installation.sql(`update latchkey.token set last_used_at = now() - interval '40 days' where token_id = ?`, [
      id(idle),
    ]);
    await installation.sql('update latchkey.token set last_used_at = now() where token_id = ?', [id(used)]);
    await installation.sql(`update latchkey.token set expires_at = now() + interval '3 days' where token_id = ?`, [
      id(soon),
    ]);
    const hit = async (filter: object) =>
      (await olivia.tokens.bulk({ action: 'revoke', filter: { ownerId, ...filter }, dryRun: true })).items.map(
        ({ tokenId }) => tokenId,
      );
    expect(await hit({ unusedForDays: 30 })).toEqual([id(idle)]);
    expect(await hit({ expiringWithinDays: 7 })).toEqual([id(soon)]);
    expect(await hit({ expiringWithinDays: 2 })).toEqual([]);
    expect(await hit({ nameContains: `${count}.1` })).toEqual([id(used)]);
    await olivia.tokens.deactivate({ tokenId: id(used) });
    expect(await hit({ status: 'inactive' })).toEqual([id(used)]);
    expect(await hit({ kind: 'service' })).toEqual([]);
  });

  it('refuses another number than the dry run has counted, and a filter that leaves everything in', async () => {
    await issue(1);
    const bulk = { action: 'revoke', filter: { ownerId } } as const;
    expect((await refusal(olivia.tokens.bulk({ ...bulk, expectedCount: 2 }))).code).toBe('CONFLICT');
    expect((await refusal(olivia.tokens.bulk({ action: 'revoke', filter: {} }))).code).toBe('BAD_INPUT');
  });

  it('reaches what the caller may stop, and no further', async () => {
    const [mine] = await issue(1);
    const dana = await installation.member('acme', 'dana');
    const theirs = await dana.tokens.issue({ name: `of dana ${count}` });
    const everything = { action: 'revoke', filter: { status: 'active' } } as const;
    expect(await owner.tokens.bulk(everything)).toMatchObject({
      stoppedCount: 1,
      items: [{ tokenId: mine?.token.tokenId }],
    });
    expect(await statusOf(theirs.token.tokenId)).toBe('active');
    const bea = await installation.member('acme', 'bea');
    const service = { action: 'revoke', filter: { kind: 'service' } } as const;
    expect((await refusal(bea.tokens.bulk(service))).code).toBe('NOT_ALLOWED');
  });

  it('leaves out the token that calls', async () => {
    await issue(1);
    const caller = await owner.tokens.issue({
      name: `calls ${count}`,
      permissions: { type: 'inherit', manageTokens: true },
    });
    const bearer = await installation.token(caller.tokenText);
    expect(await bearer.tokens.bulk({ action: 'revoke', filter: { status: 'active' } })).toMatchObject({
      stoppedCount: 1,
    });
    expect(await statusOf(caller.token.tokenId)).toBe('active');
  });
});

it('of two tokens that stop each other one is stopped, and neither waits for the other for ever', async () => {
  const permissions = { type: 'inherit', manageTokens: true } as const;
  const first = await owner.tokens.issue({ name: `first ${count}`, permissions });
  const second = await owner.tokens.issue({ name: `second ${count}`, permissions });
  const bulk = { action: 'deactivate', filter: { status: 'active' } } as const;
  const { store } = installation.deps;
  const others = await installation.token(second.tokenText);
  let refused: ReturnType<typeof refusal> | undefined;
  const findManyForUpdate: typeof store.tokens.findManyForUpdate = async (...args) => {
    const found = await store.tokens.findManyForUpdate(...args);
    // The other one comes when this one has locked what it stops.
    refused ??= refusal(others.tokens.bulk(bulk));
    await vi.waitUntil(async () => (await installation.waiting()) > 0);
    return found;
  };
  const parts = { store: { ...store, tokens: { ...store.tokens, findManyForUpdate } } };
  const bearer = await installation.token(first.tokenText, parts);
  expect(await bearer.tokens.bulk(bulk)).toMatchObject({
    items: [{ tokenId: second.token.tokenId, outcome: 'stopped' }],
    stoppedCount: 1,
  });
  expect((await refused)?.code).toBe('UNAUTHORIZED');
  expect(await statusOf(first.token.tokenId)).toBe('active');
});

const toggle = (resource: string) => [
  { effect: 'allow' as const, resourceType: 'flag', actions: ['ToggleFlag'], resources: [resource] },
];
const statements = (resource: string) => ({ type: 'statements' as const, statements: toggle(resource) });
const MANAGES = {
  ...{ effect: 'allow' as const, resourceType: 'access-token' },
  ...{ actions: ['ManagePersonalAccessTokens'], resources: ['access-token/*'] },
};
const SHOP = 'project/shop:env/*:flag/*';

describe('stopping what is over-privileged', () => {
  const overPrivileged = () => ({ overPrivileged: true, nameContains: ` ${count}` }) as const;
  const found = async () =>
    new Map(
      (await olivia.tokens.bulk({ action: 'revoke', filter: overPrivileged(), dryRun: true })).items.map(
        ({ tokenId, exceeds }) => [tokenId, exceeds],
      ),
    );
  const issueAll = async () => {
    const named = await owner.tokens.issue({ name: `named ${count}`, permissions: statements(SHOP) });
    const inherits = await owner.tokens.issue({ name: `inherits ${count}` });
    const service = await owner.tokens.issue({
      ...{ kind: 'service', name: `service ${count}`, permissions: statements(SHOP) },
    });
    return [named, inherits, service].map(({ token }) => token.tokenId) as [string, string, string];
  };
  const narrowTo = async (resource: string) => {
    const { policyId } = await olivia.policies.create({
      name: `narrow ${count} ${resource}`,
      statements: [...toggle(resource), MANAGES],
    });
    await olivia.members.setPolicies({ memberId: ownerId, policyIds: [policyId] });
  };

  it('finds what an owner or an issuer doesn’t have any more, with a request that shows it', async () => {
    const [named, inherits, service] = await issueAll();
    expect([...(await found()).keys()]).toEqual([]);
    await narrowTo('project/shop:env/staging:flag/*');
    const now = await found();
    expect([...now.keys()]).toEqual([named, service]);
    for (const exceeds of now.values()) {
      expect(exceeds).toEqual({ action: 'ToggleFlag', resource: expect.stringMatching(/^project\/shop:env\//u) });
      expect(exceeds?.resource).not.toContain('env/staging:');
    }
    expect(now.has(inherits)).toBe(false);
    await narrowTo(SHOP);
    expect([...(await found()).keys()]).toEqual([]);
  });

  it('finds service tokens of an issuer that was removed, and stops them', async () => {
    const [named, , service] = await issueAll();
    await olivia.members.remove({ memberId: ownerId });
    expect([...(await found()).keys()]).toEqual(expect.arrayContaining([named, service]));
    const filter = { overPrivileged: true, kind: 'service', issuerId: ownerId } as const;
    expect(await olivia.tokens.bulk({ action: 'revoke', filter, expectedCount: 1 })).toMatchObject({
      items: [{ tokenId: service, outcome: 'stopped' }],
      stoppedCount: 1,
    });
    expect(await statusOf(service)).toBe('revoked');
  });

  it('finds what a token has issued by what that token’s owner has now', async () => {
    const permissions = { type: 'inherit', manageTokens: true } as const;
    const { tokenText } = await owner.tokens.issue({ name: `manages ${count}`, permissions });
    const bearer = await installation.token(tokenText);
    const child = await bearer.tokens.issue({ name: `child ${count}`, kind: 'service', permissions: statements(SHOP) });
    await narrowTo('project/shop:env/staging:flag/*');
    expect([...(await found()).keys()]).toEqual([child.token.tokenId]);
    await olivia.tokens.revoke({ tokenId: child.token.tokenId });
  });

  it('compares no more than two hundred in one call, and goes on behind them (BOUNDED-WORK)', async () => {
    const [named] = await issueAll();
    // As many questions as there are tokens: each names another resource.
    await installation.sql(
      `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id,
         permissions, address_ranges, created_at, installation_mark, organization_mark, owner_mark)
       select organization_id, left(token_id, 3) || lpad(n::text, 13, 'z'), kind, name || '+' || n, name_key || '+' || n,
         state, owner_id, issuer_type, issuer_id, replace(permissions::text, 'project/shop', 'project/shop' || n)::json,
         address_ranges, created_at, installation_mark, organization_mark, owner_mark
         from latchkey.token, generate_series(1, 250) n where token_id = ?`,
      [named],
    );
    await narrowTo('project/shop:env/staging:flag/*');
    const bulk = { action: 'revoke', filter: { overPrivileged: true, ownerId }, dryRun: true } as const;
    const first = await olivia.tokens.bulk(bulk);
    expect([first.items.length, first.done]).toEqual([200, false]);
    const rest = await olivia.tokens.bulk({ ...bulk, resume: first.resume ?? '' });
    expect([rest.items.length, rest.done]).toEqual([51, true]);
    expect(new Set([...first.items, ...rest.items].map(({ tokenId }) => tokenId)).size).toBe(251);
  });

  it('leaves one that was changed after it was found', async () => {
    const [named, , service] = await issueAll();
    await narrowTo('project/shop:env/staging:flag/*');
    const { store } = installation.deps;
    let changed = false;
    const findManyForUpdate: typeof store.tokens.findManyForUpdate = async (...args) => {
      if (!changed) {
        changed = true;
        await owner.tokens.changePermissions({
          ...{ tokenId: named, permissions: statements('project/shop:env/staging:flag/*') },
        });
      }
      return store.tokens.findManyForUpdate(...args);
    };
    const parts = { store: { ...store, tokens: { ...store.tokens, findManyForUpdate } } };
    const acting = installation.as(await installation.principal('acme', 'olivia'), parts);
    const done = await acting.tokens.bulk({ action: 'revoke', filter: overPrivileged() });
    expect(done.items.map(({ tokenId, outcome }) => [tokenId, outcome])).toEqual([
      [named, 'left'],
      [service, 'stopped'],
    ]);
    expect(done.stoppedCount).toBe(1);
    expect(await statusOf(named)).toBe('active');
  });

  it('shows nothing of what a token may do to who may stop it and not see it', async () => {
    const [named] = await issueAll();
    await narrowTo('project/shop:env/staging:flag/*');
    const administers = [
      { effect: 'allow' as const, resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] },
    ];
    const { policyId } = await olivia.policies.create({ name: `iam ${count}`, statements: administers });
    const { memberId } = await olivia.members.add({
      ...{ email: `iam${count}@acme.example`, name: 'Ina', policyIds: [policyId] },
    });
    const ina = await installation.member('acme', memberId);
    const { items } = await ina.tokens.bulk({ action: 'revoke', filter: overPrivileged(), dryRun: true });
    expect(items.find(({ tokenId }) => tokenId === named)).toMatchObject({ exceeds: null });
  });
});
