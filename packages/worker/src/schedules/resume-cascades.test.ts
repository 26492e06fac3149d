import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awaitUntil } from '../../test/await-until.ts';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember, payloadFor } from '../../test/removal.ts';
import { runSchedule } from './run-schedule.ts';

const never = new AbortController().signal;
let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());
beforeEach(async () => {
  await installation.query('delete from latchkey.owner_gate');
  await installation.query('delete from latchkey.outbox_message');
});

/** Without a host: what a removal left undone needs none. */
const tick = async (now = Date.now()) => {
  const { workerStore: store } = installation;
  const result = await runSchedule({ store, channels: [], tombstoneDays: 400 }, 'reconcile-members', now, never);
  return 'effectCount' in result ? result.effectCount : result.because;
};
/** Removed so many minutes ago, without any message. */
const removed = async ({ minutes = 10, tokenCount = 2 } = {}) => {
  const memberId = await addMember(installation, tokenCount);
  await installation.store.unitOfWork.run((tx) =>
    installation.store.ownerGates.close(tx, installation.organizationId, memberId, Date.now() - minutes * 60_000),
  );
  return memberId;
};
const giveUp = async (payload: unknown) => {
  const [row] = await installation.query<{ message_id: string }>(
    `insert into latchkey.outbox_message (organization_id, name, payload, relayed_at, dead_at, dead_because)
     values ($1, 'cascade-member-removal', $2, now(), now(), 'it failed 15 times') returning message_id`,
    [installation.organizationId, payload],
  );
  return row?.message_id ?? expect.fail('a row was written');
};
const messages = () =>
  installation.query<{ message_id: string; dead: boolean; revival: number; member: string; by: string }>(
    `select message_id, dead_at is not null as dead, revival, payload ->> 'memberId' as member,
            payload -> 'removedBy' ->> 'id' as by
       from latchkey.outbox_message order by created_at, dead`,
  );

describe('reconcile-members takes up again what a removal left undone', () => {
  it('a cascade that was given up is the same message once more, with who removed the member', async () => {
    const memberId = await removed();
    const messageId = await giveUp(payloadFor(installation.organizationId, memberId));
    expect(await tick()).toBe(1);
    expect(await messages()).toEqual([
      { message_id: messageId, dead: false, revival: 1, member: memberId, by: 'member-admin' },
    ]);
  });

  it('ONE-EFFECT: three times in series and at once, it is taken up once; and again where it is given up again', async () => {
    const memberId = await removed();
    await giveUp(payloadFor(installation.organizationId, memberId));
    const gone = await removed();
    const effects = await Promise.all([1, 2, 3].map(() => tick()));
    expect(effects.toSorted()).toEqual([0, 0, 2]);
    expect(await tick()).toBe(0);
    expect((await messages()).map(({ member, revival }) => [member, revival])).toEqual([
      [memberId, 1],
      [gone, 0],
    ]);
    await installation.query(`update latchkey.outbox_message set dead_at = now(), dead_because = 'it failed 15 times'`);
    expect(await tick()).toBe(2);
    expect((await messages()).map(({ dead, revival }) => [dead, revival])).toEqual([
      [false, 2],
      [false, 1],
    ]);
  });

  it('ONE-EFFECT: whoever looks while another one is at it waits, and then finds it done', async () => {
    const memberId = await removed();
    const { organizationId, query, workerStore } = installation;
    const { unitOfWork, reconciliations, outbox } = workerStore;
    let late: ReturnType<typeof tick> | null = null;
    await unitOfWork.run(async (tx) => {
      const page = { closedBefore: Date.now() - 60_000, after: '', limit: 10 };
      expect(await reconciliations.findStopped(tx, organizationId, page)).toEqual({
        stopped: [{ memberId, deadLetters: [] }],
        next: null,
      });
      late = tick();
      await awaitUntil('the other one waits', async () => {
        const waiting = await query(`select 1 from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`);
        return waiting.length > 0;
      });
      await outbox.add(tx, organizationId, 'cascade-member-removal', payloadFor(organizationId, memberId));
    });
    expect(await late).toBe(0);
    expect(await messages()).toHaveLength(1);
  });

  it('one whose message is gone or breaks the contract gets another; the broken one stays where it is seen', async () => {
    const memberId = await removed();
    await giveUp({ memberId, organizationId: installation.organizationId });
    expect(await tick()).toBe(1);
    expect((await messages()).map(({ dead, member, by }) => [dead, member, by])).toEqual([
      [true, memberId, null],
      [false, memberId, 'reconcile-members'],
    ]);
  });

  it('nothing is done where work waits, nothing is left, the removal is a moment ago, or there was none', async () => {
    const underWay = await removed();
    const payload = payloadFor(installation.organizationId, underWay);
    await giveUp(payload);
    await installation.store.unitOfWork.run((tx) =>
      installation.store.outbox.add(tx, installation.organizationId, 'cascade-member-removal', payload),
    );
    const ended = await removed();
    await installation.query(
      `update latchkey.token set state = 'inactive', deactivated_at = now(), deactivated_because = 'owner_removed' where owner_id = $1`,
      [ended],
    );
    await giveUp(payloadFor(installation.organizationId, ended));
    await giveUp(payloadFor(installation.organizationId, await removed({ minutes: 0 })));
    await giveUp(payloadFor(installation.organizationId, await addMember(installation, 2)));
    expect(await tick()).toBe(0);
    expect((await messages()).filter(({ dead }) => dead)).toHaveLength(4);
  });

  it('BOUNDED-WORK: it goes through all closed gates by pages', async () => {
    await installation.query(
      `insert into latchkey.owner_gate (organization_id, member_id, closed_at, mark)
       select $1, 'a' || n, now() - interval '1 h', 1 from generate_series(1, 450) n`,
      [installation.organizationId],
    );
    const memberId = await removed();
    expect(await tick()).toBe(1);
    expect((await messages()).map(({ member }) => member)).toEqual([memberId]);
  });
});
