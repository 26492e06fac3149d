import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
    expect(await olivia.tokens.bulk({ action: 'revoke', filter })).toMatchObject({ stoppedCount: 500, done: false });
    expect(await olivia.tokens.bulk({ action: 'revoke', filter })).toMatchObject({ stoppedCount: 20, done: true });
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
