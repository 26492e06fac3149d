import { type Anchor, sealEvent } from '@latchkey/core/audit';
import { beforeEach, describe, expect, test } from 'vitest';
import { anchorOf, appendEvents, auditEvent, checkChain, sealAll } from '../../test/audit-chain.ts';
import { chainCrypto } from '../../test/node-crypto.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { OpenStore } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
let early: Anchor;
let late: Anchor;

/** Twenty sealed events, anchored at 12 and at 18. The superuser of `it.sql` can do what no role of ours may. */
beforeEach(async () => {
  it = await openTestStore();
  worker = await it.open('worker');
  const add = async (from: number, through: number) => {
    for (let i = from; i <= through; i += 1) await appendEvents(it.store, [auditEvent(i)]);
    await sealAll(worker);
  };
  await add(1, 12);
  early = await anchorOf(worker);
  await add(13, 18);
  late = await anchorOf(worker);
  await add(19, 20);
  expect(await checkChain(it.store, [early, late])).toEqual({ problems: [], sealCount: 20, intact: 20, vouched: 18 });
});

const check = (anchors = [early, late]) => checkChain(it.store, anchors);
/** Edits the event that has this number. */
const edit = (number: number, assignment: string) =>
  it.sql(
    `update latchkey.audit_event e set ${assignment} from latchkey.audit_seal s
      where s.number = $1 and s.organization_id = e.organization_id and s.at = e.at and s.event_id = e.event_id`,
    [number],
  );

describe('AUDIT-WITH-CAUSE: an edit is found', () => {
  test.each([
    `actor_id = 'eve'`,
    `actor_type = 'token'`,
    `action = 'token.renamed'`,
    `target_id = 'token-99'`,
    `target_type = 'member'`,
    `request_id = null`,
    `details = details || '{"number": 8}'`,
    `details = '{}'`,
    `reason = 'nobody did it'`,
    `address = '192.0.2.1'`,
    `client = null`,
    `salt = gen_random_uuid()`,
  ])('%s', async (assignment) => {
    await edit(7, assignment);
    const { problems, intact, vouched } = await check();
    expect(problems).toMatchObject([{ type: 'event_changed', number: 7 }]);
    expect([intact, vouched]).toEqual([6, null]);
  });

  test('of the organization, which is the other one’s wall too (TENANT-WALL)', async () => {
    await edit(7, `organization_id = 'beta'`);
    expect((await check()).problems).toMatchObject([{ type: 'event_missing', number: 7 }]);
    expect((await checkChain(it.store, [], { organizationId: 'beta' })).problems).toMatchObject([
      { type: 'event_unchained', number: null },
    ]);
  });

  test('of its time', async () => {
    await edit(7, `at = e.at + interval '1 second'`);
    const { problems } = await check();
    expect(problems.map(({ type, number }) => [type, number])).toEqual([
      ['event_missing', 7],
      ['event_unchained', null],
    ]);
  });

  test.each([
    [`sealed_at = sealed_at + interval '1 ms'`, ['link_broken']],
    [`key_id = 'audit-2'`, ['link_broken', 'key_unknown']],
    [`personal_digest = sha256('x')`, ['link_broken', 'event_changed']],
    [`event_digest = sha256('x')`, ['link_broken', 'event_changed']],
    [`mac = sha256('x')`, ['mac_wrong']],
  ])('of a seal: %s', async (assignment, types) => {
    await it.sql(`update latchkey.audit_seal set ${assignment} where number = 15`);
    const { problems, vouched } = await check();
    expect(problems.map(({ type }) => type)).toEqual(types);
    expect(problems.every(({ number }) => number === 15)).toBe(true);
    expect(vouched).toBe(12);
  });

  test('of a link, which breaks the next one and its own MAC', async () => {
    await it.sql(`update latchkey.audit_seal set link = sha256('x') where number = 15`);
    expect((await check()).problems.map(({ type, number }) => [type, number])).toEqual([
      ['link_broken', 15],
      ['mac_wrong', 15],
      ['link_broken', 16],
    ]);
  });
});

describe('AUDIT-WITH-CAUSE: a drop is found', () => {
  const drop = (numbers: readonly number[]) =>
    it.sql(
      `delete from latchkey.audit_event e using latchkey.audit_seal s
        where s.number = any ($1::bigint[]) and s.organization_id = e.organization_id and s.event_id = e.event_id`,
      [numbers],
    );

  test('of an event', async () => {
    await drop([7]);
    expect((await check()).problems).toMatchObject([{ type: 'event_missing', number: 7 }]);
  });

  test('of an event and its seal, and of several', async () => {
    await drop([7, 8]);
    await it.sql('delete from latchkey.audit_seal where number in (7, 8)');
    const { problems, intact, vouched } = await check();
    expect(problems).toEqual([{ type: 'seals_missing', number: 7, through: 8 }]);
    expect([intact, vouched]).toEqual([6, null]);
  });

  test('of a seal alone: its event is one that nobody chained', async () => {
    await it.sql('delete from latchkey.audit_seal where number = 7');
    expect((await check()).problems.map(({ type }) => type)).toEqual(['seals_missing', 'event_unchained']);
  });

  test('with the numbers behind it closed up', async () => {
    await drop([7]);
    await it.sql('delete from latchkey.audit_seal where number = 7');
    for (let n = 8; n <= 20; n += 1)
      await it.sql('update latchkey.audit_seal set number = $1 where number = $2', [n - 1, n]);
    const { problems, intact } = await check();
    expect(problems[0]).toEqual({ type: 'link_broken', number: 7 });
    expect(problems.some(({ type }) => type === 'anchor_differs')).toBe(true);
    expect(intact).toBe(6);
  });

  test('of the anchored tail, seals and all', async () => {
    await drop([16, 17, 18, 19, 20]);
    await it.sql('delete from latchkey.audit_seal where number >= 16');
    const { problems, vouched } = await check();
    expect(problems).toEqual([{ type: 'tail_missing', number: 16, through: 18 }]);
    expect(vouched).toBe(12);
  });

  test('of what no anchor covers can’t be seen, and isn’t vouched for', async () => {
    await drop([19, 20]);
    await it.sql('delete from latchkey.audit_seal where number >= 19');
    expect(await check()).toEqual({ problems: [], sealCount: 18, intact: 18, vouched: 18 });
  });

  test('of an event that was still waiting for its seal: its number shows it', async () => {
    await appendEvents(it.store, [auditEvent(21)]);
    await it.sql(`delete from latchkey.audit_event where target_id = 'token-21'`);
    expect(await sealAll(worker)).toBe(1);
    expect((await check()).problems).toMatchObject([{ type: 'event_missing', number: 21 }]);
  });
});

describe('AUDIT-WITH-CAUSE: a swap is found', () => {
  test('of what two events say', async () => {
    await it.sql(
      `update latchkey.audit_event e set target_id = case target_id when 'token-5' then 'token-9' else 'token-5' end
        where target_id in ('token-5', 'token-9')`,
    );
    expect((await check()).problems).toMatchObject([
      { type: 'event_changed', number: 5 },
      { type: 'event_changed', number: 9 },
    ]);
  });

  test('of two seals’ places', async () => {
    await it.sql(
      `update latchkey.audit_seal set number = case number when 5 then 105 else 109 end where number in (5, 9)`,
    );
    await it.sql(`update latchkey.audit_seal set number = case number when 105 then 9 else 5 end where number > 100`);
    const { problems, intact } = await check();
    expect(problems.map(({ type, number }) => [type, number])).toEqual([5, 6, 9, 10].map((n) => ['link_broken', n]));
    expect(intact).toBe(4);
  });

  test('with another organization’s chain (TENANT-WALL)', async () => {
    await appendEvents(
      it.store,
      Array.from({ length: 20 }, (_, i) => auditEvent(i, { organizationId: 'beta' })),
    );
    await sealAll(worker);
    await it.sql(`delete from latchkey.audit_seal where organization_id = 'acme'`);
    await it.sql(`update latchkey.audit_seal set organization_id = 'acme' where organization_id = 'beta'`);
    await it.sql(`delete from latchkey.audit_event where organization_id = 'acme'`);
    await it.sql(`update latchkey.audit_event set organization_id = 'acme' where organization_id = 'beta'`);
    const { problems, intact } = await check();
    expect(problems[0]).toMatchObject({ type: 'link_broken', number: 1 });
    expect(intact).toBe(null);
  });
});

describe('AUDIT-WITH-CAUSE: a rewritten tail is found', () => {
  /** Puts the tail back on the queue, bends it, and lets the sealer itself, with its key, chain it again. */
  const rewriteFrom = async (number: number, bend: string) => {
    await it.sql(bend);
    await it.sql('alter table latchkey.audit_event disable trigger sealed_once');
    await it.sql(
      `with gone as (delete from latchkey.audit_seal where number >= $1 returning organization_id, at, event_id)
      update latchkey.audit_event e set sealed_month = 'infinity' from gone
       where e.organization_id = gone.organization_id and e.at = gone.at and e.event_id = gone.event_id`,
      [number],
    );
    await it.sql(
      `update latchkey.audit_chain c set number = s.number, link = s.link, mac = s.mac from latchkey.audit_seal s
      where s.organization_id = c.organization_id and s.number = $1`,
      [number - 1],
    );
    await sealAll(worker);
  };

  test('by an anchor, though every MAC is right, and the check vouches up to the anchor before', async () => {
    await rewriteFrom(15, `update latchkey.audit_event set actor_id = 'eve' where target_id = 'token-16'`);
    const { problems, sealCount, vouched } = await check();
    expect(sealCount).toBe(20);
    expect(problems).toEqual([{ type: 'anchor_differs', number: 18 }]);
    expect(vouched).toBe(12);
  });

  test('with an event left out', async () => {
    await rewriteFrom(15, `delete from latchkey.audit_event where target_id = 'token-16'`);
    const { problems, vouched } = await check();
    expect(problems).toEqual([{ type: 'anchor_differs', number: 18 }]);
    expect(vouched).toBe(12);
  });

  test('by its MACs where it was made without the key, and no anchor is at hand', async () => {
    const [before, , ...tail] = await it.store.auditChain.read('acme', 14, 100);
    if (before === undefined) throw new Error('there is no such seal');
    let head = before.seal;
    await it.sql('delete from latchkey.audit_seal where number >= 16');
    await it.sql(`delete from latchkey.audit_event where target_id = 'token-16'`);
    const forged = tail.map(({ seal, event }) => {
      head = sealEvent(
        chainCrypto,
        { id: 'audit-1', bytes: new Uint8Array(32) },
        head,
        { organizationId: 'acme', ...seal },
        event,
      );
      return { organizationId: 'acme', ...head };
    });
    await worker.unitOfWork.run((tx) => worker.auditChain.append(tx, forged));
    const { problems } = await check([]);
    expect(problems).toEqual([16, 17, 18, 19].map((number) => ({ type: 'mac_wrong', number })));
    // Without a key neither: an anchor needs none.
    const keyless = await checkChain(it.store, [early, late], { keys: null });
    expect(keyless).toMatchObject({ problems: [{ type: 'anchor_differs', number: 18 }], vouched: 12 });
  });
});

test('AUDIT-WITH-CAUSE: an event that was slipped in past us is found', async () => {
  await it.sql('alter table latchkey.audit_event disable trigger waits_for_its_seal');
  await appendEvents(it.store, [auditEvent(3, { actor: { type: 'member', id: 'eve' } })]);
  expect((await check()).problems).toMatchObject([{ type: 'event_unchained', number: null }]);
});
