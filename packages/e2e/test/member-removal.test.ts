import { REMOVAL_REPORT, removalReportSchema } from '@latchkey/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORBIDDEN, flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { until } from './harness/program.ts';
import { type MemberSession, refusalOf } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  olivia = await latchkey.signIn('acme', 'olivia');
});
afterAll(() => latchkey?.stop());

/** A new developer with so many personal tokens. */
const join = async (name: string, tokenCount: number) => {
  const member = await olivia.api.members.add.mutate({
    email: `${name}@acme.example`,
    name,
    policyIds: ['developer'],
  });
  const session = await latchkey.signIn('acme', member.memberId);
  const tokens = [];
  for (let i = 0; i < tokenCount; i += 1) {
    tokens.push(await session.api.tokens.issue.mutate({ name: `${name} ${i}` }));
  }
  return { memberId: member.memberId, session, tokens };
};

/** Copies a token's rows so that its owner has many: only the rows matter to the cascade, nobody presents them. */
const multiply = async (tokenId: string, count: number) => {
  const columns = async (table: string) => {
    const { rows } = await latchkey.admin.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns
       WHERE table_schema = 'latchkey' AND table_name = $1 AND is_generated = 'NEVER'`,
      [table],
    );
    return rows.map(({ column_name }) => column_name);
  };
  const list = (await columns('token')).map((column) =>
    column === 'token_id'
      ? "substr(token_id, 1, 3) || lpad(n::text, 13, '0')"
      : column === 'name' || column === 'name_key'
        ? `${column} || ' ' || n`
        : column,
  );
  await latchkey.admin.query(
    `INSERT INTO latchkey.token (${(await columns('token')).join(', ')})
     SELECT ${list.join(', ')} FROM latchkey.token, generate_series(1, $2::int) AS n WHERE token_id = $1`,
    [tokenId, count],
  );
};

const states = async (memberId: string) => {
  const { rows } = await latchkey.admin.query<{ state: string; count: number }>(
    'SELECT state, count(*)::int AS count FROM latchkey.token WHERE owner_id = $1 GROUP BY state',
    [memberId],
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
};

const cascadeEvents = async (memberId: string) => {
  const { rows } = await latchkey.admin.query<{ events: number; tokens: number }>(
    `SELECT count(*)::int AS events, count(DISTINCT e.target_id)::int AS tokens
     FROM latchkey.audit_event e JOIN latchkey.token t ON t.token_id = e.target_id
     WHERE t.owner_id = $1 AND e.action = 'token.deactivated'`,
    [memberId],
  );
  return rows[0];
};

describe("a member's removal", () => {
  it('refuses all its personal tokens at once, with no worker running (GATE-FIRST); the rows follow when one comes', async () => {
    const { memberId, session, tokens } = await join('frank', 3);
    const flags = flagsOf(latchkey, 'acme');
    for (const { tokenText } of tokens) expect((await flags.list(tokenText)).status).toBe(200);

    await olivia.api.members.remove.mutate({ memberId });
    for (const { tokenText } of tokens) {
      const { status, body } = await flags.list(tokenText);
      expect([status, body]).toEqual([403, FORBIDDEN]);
    }
    expect((await refusalOf(session.api.self.whoami.query())).httpStatus).toBe(401);
    expect(await states(memberId)).toEqual({ active: 3 });

    const worker = await latchkey.startWorker();
    await until(async () => (await states(memberId))['inactive'] === 3);
    expect(await cascadeEvents(memberId)).toEqual({ events: 3, tokens: 3 });
    for (const { tokenText } of tokens) expect((await flags.list(tokenText)).status).toBe(403);

    // One report, for whoever reads the trail, and told to who removed the member.
    const asked = { action: REMOVAL_REPORT, targetId: memberId } as const;
    const reports = async () => (await olivia.api.audit.list.query(asked)).items;
    await until(async () => (await reports()).length > 0);
    const [report, ...others] = await reports();
    expect(others).toEqual([]);
    const { removedBy, ended, goingOn } = removalReportSchema.parse(report?.details);
    expect([removedBy.id, ended.total, goingOn.total]).toEqual(['olivia', 3, 0]);
    expect(ended.items.every(({ lastUsedAt }) => lastUsedAt !== null)).toBe(true);
    const told = async () =>
      (await olivia.api.notifications.list.query()).items.filter((each) => each.aboutMemberId === memberId);
    await until(async () => (await told()).length > 0);
    expect(await told()).toMatchObject([{ kind: 'removal_report', count: 3 }]);
    await worker.stop();
  });

  it('leaves one audit event for each token when the worker is killed in the middle (ONE-EFFECT)', async () => {
    const { memberId, tokens } = await join('grace', 1);
    const count = 3_000;
    await multiply(tokens[0]?.token.tokenId ?? '', count - 1);
    await olivia.api.members.remove.mutate({ memberId });

    const first = await latchkey.startWorker();
    await until(async () => ((await states(memberId))['inactive'] ?? 0) > 0);
    await first.stop('SIGKILL');
    const left = (await states(memberId))['active'] ?? 0;
    expect(left, 'the worker was to be killed in the middle').toBeGreaterThan(0);

    const second = await latchkey.startWorker();
    await until(async () => (await states(memberId))['inactive'] === count, 90_000);
    expect(await cascadeEvents(memberId)).toEqual({ events: count, tokens: count });
    await second.stop();
  });

  it('revives nothing when the member comes back (TERMINAL)', async () => {
    const { memberId, tokens } = await join('heidi', 1);
    await olivia.api.members.remove.mutate({ memberId });
    const back = await olivia.api.members.add.mutate({
      email: 'heidi@acme.example',
      name: 'heidi',
      policyIds: ['developer'],
    });
    expect(back.memberId).not.toBe(memberId);
    const session = await latchkey.signIn('acme', back.memberId);
    const flags = flagsOf(latchkey, 'acme');
    const { token, tokenText } = tokens[0] ?? expect.fail();
    expect((await flags.list(tokenText)).status).toBe(403);
    const attempts = [
      session.api.tokens.activate.mutate({ tokenId: token.tokenId }),
      olivia.api.tokens.activate.mutate({ tokenId: token.tokenId }),
      session.api.tokens.rotate.mutate({ tokenId: token.tokenId }),
    ];
    for (const refused of await Promise.all(attempts.map(refusalOf)))
      expect(refused.httpStatus).toBeGreaterThanOrEqual(403);
    expect((await flags.list(tokenText)).status).toBe(403);
    const renewed = await session.api.tokens.issue.mutate({ name: 'a new beginning' });
    expect((await flags.list(renewed.tokenText)).status).toBe(200);
  });

  it("can't take the last Owner, nor can a demotion", async () => {
    expect((await refusalOf(olivia.api.members.remove.mutate({ memberId: 'olivia' }))).code).toBe('LAST_OWNER');
    const demotion = olivia.api.members.setPolicies.mutate({ memberId: 'olivia', policyIds: ['developer'] });
    expect((await refusalOf(demotion)).code).toBe('LAST_OWNER');
    const { status } = await olivia.api.members.get.query({ memberId: 'olivia' });
    expect(status).toBe('active');
  });
});
