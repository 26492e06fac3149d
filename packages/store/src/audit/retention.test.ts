import pg from 'pg';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type anchorOf, appendEvents, auditEvent, checkChain, sealAll } from '../../test/audit-chain.ts';
import {
  addMonth,
  anchorAll,
  daysSince,
  dropMonth,
  dropOverdue,
  monthNamed,
  monthsAgo,
} from '../../test/audit-months.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { untilWaiting } from '../../test/until-waiting.ts';
import type { OpenStore } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
beforeEach(async () => {
  it = await openTestStore();
  worker = await it.open('worker');
});

const keep = (days: number | null) => it.sql('update latchkey.installation set audit_retention_days = $1', [days]);
const partitions = async () =>
  (
    await it.sql<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where nspname = 'latchkey' and relkind = 'r' and relname ~ '^audit_(event|seal)_[0-9]' order by 1`,
    )
  ).map(({ name }) => name);
const targets = async (organizationId = 'acme') =>
  (await it.store.audit.list(organizationId, { filter: {}, limit: 1_000 })).map(({ target }) => target.id).sort();

test('AUDIT-WITH-CAUSE: of a year, what is older than retention goes and leaves stubs, and the rest is proved as before', async () => {
  const anchors = [];
  for (let ago = 12; ago >= 0; ago -= 1) {
    anchors.push(await addMonth(worker, ago, { at: ago === 0 ? Date.now() : monthsAgo(ago) + 86_400_000 }));
    if (ago % 5 === 0) await addMonth(worker, ago, { organizationId: 'beta', count: 2 });
  }
  await keep(daysSince(monthsAgo(3)));
  const before = await checkChain(it.store, anchors);
  expect(before).toMatchObject({ problems: [], sealCount: 39, vouched: 39 });

  // All months that had ended before the third month ago began.
  const dropped = await dropOverdue(worker);
  expect(dropped).toEqual(Array.from({ length: 9 }, (_, i) => monthNamed(monthsAgo(12 - i))));
  expect((await targets()).filter((id) => id.startsWith('4-'))).toEqual([]);
  expect(await targets()).toEqual(
    [...[3, 2, 1, 0].flatMap((ago) => [0, 1, 2].map((i) => `${ago}-${i}`)), ...dropped.map(() => 'acme')].sort(),
  );
  const stubs = await it.store.auditChain.stubs('acme');
  expect(stubs.map(({ firstNumber, lastNumber, eventCount }) => [firstNumber, lastNumber, eventCount])).toEqual(
    dropped.map((_, i) => [3 * i + 1, 3 * i + 3, 3]),
  );
  // Each drop is an audit event of each organization, sealed like any other.
  const records = await it.store.audit.list('acme', {
    filter: { action: 'organization.audit_events_dropped' },
    limit: 100,
  });
  expect(records.map(({ details }) => details['lastNumber']).sort((a, b) => Number(a) - Number(b))).toEqual(
    dropped.map((_, i) => 3 * i + 3),
  );
  await sealAll(worker);
  expect(await checkChain(it.store, anchors)).toEqual({ problems: [], sealCount: 12 + 9, intact: 48, vouched: 39 });
  // TENANT-WALL: each organization has its own stubs, of its own numbers.
  expect((await it.store.auditChain.stubs('beta')).map(({ lastNumber }) => lastNumber)).toEqual([2, 4]);
  expect(await checkChain(it.store, [], { organizationId: 'beta' })).toMatchObject({ problems: [], intact: 8 });

  // ONE-EFFECT: the same again does nothing more.
  expect(await dropMonth(worker, dropped[0] ?? '')).toBe('missing');
  // The records of drops go in their time, too: the newest one stays with the chain that it belongs to.
  await anchorAll(worker);
  await addMonth(worker, 0, { at: Date.now() });
  await keep(daysSince(monthsAgo(1)));
  expect(await dropOverdue(worker)).toHaveLength(2);
  await sealAll(worker);
  expect((await checkChain(it.store, anchors)).problems).toEqual([]);
});

test('a month goes once it has been over for as long as retention says, and not a day before', async () => {
  for (const ago of [4, 3]) await addMonth(worker, ago);
  const end = monthsAgo(3);
  await keep(daysSince(end) + 2);
  expect((await worker.auditRetention.facts()).overdueMonths).toEqual([]);
  expect(await dropMonth(worker, monthNamed(monthsAgo(4)))).toBe('too_young');
  await keep(daysSince(end));
  expect((await worker.auditRetention.facts()).overdueMonths).toEqual([monthNamed(monthsAgo(4))]);
  expect(await dropMonth(worker, monthNamed(monthsAgo(4)))).toBe('dropped');
  expect(await dropMonth(worker, monthNamed(monthsAgo(3)))).toBe('too_young');
  for (const never of ['infinity', monthNamed(monthsAgo(0)), monthNamed(monthsAgo(-1))]) {
    expect(await dropMonth(worker, never), never).toBe('too_young');
  }
});

test('an organization’s own minimum holds the months in which it has events, and those behind them, for all', async () => {
  // Both have events in the oldest; beta in the next one; acme alone in the last.
  for (const ago of [6, 5]) await addMonth(worker, ago, { organizationId: 'beta' });
  for (const ago of [6, 4]) await addMonth(worker, ago);
  await keep(30);
  const named = [6, 5, 4].map((ago) => monthNamed(monthsAgo(ago)));
  const overdue = async () =>
    (await worker.auditRetention.facts()).overdueMonths.filter((month) => named.includes(month));
  const settle = (organizationId: string, days: number | null) =>
    it.sql(
      `insert into latchkey.settings values ($1, jsonb_build_object('auditKeptDays', $2::int), 1)
         on conflict (organization_id) do update set chosen = excluded.chosen`,
      [organizationId, days],
    );
  expect(await overdue()).toEqual(named);
  await settle('gamma', 3_650);
  await settle('acme', null);
  expect(await overdue()).toEqual(named);
  // Shorter than the installation's: nothing goes any sooner, and nothing is held.
  await settle('acme', 1);
  expect(await overdue()).toEqual(named);
  await settle('beta', daysSince(monthsAgo(5)) + 2);
  expect(await overdue()).toEqual([]);
  expect(await dropMonth(worker, named[0] ?? '')).toBe('held');
  expect(await it.store.auditChain.stubs('acme')).toEqual([]);
  expect((await targets()).filter((id) => id.startsWith('6-'))).toHaveLength(3);
  // To the day.
  await settle('beta', daysSince(monthsAgo(5)));
  expect(await overdue()).toEqual([named[0]]);
  expect(await dropMonth(worker, named[0] ?? '')).toBe('dropped');
  // The next month is held by beta still, and the last one, where acme alone is, waits behind it.
  expect(await dropMonth(worker, named[1] ?? '')).toBe('held');
  expect(await dropMonth(worker, named[2] ?? '')).toBe('not_oldest');
  await settle('beta', null);
  expect(await overdue()).toEqual(named.slice(1));
  expect(await dropOverdue(worker)).toEqual(expect.arrayContaining(named.slice(1)));
});

test('where nobody has said how long, everything is kept', async () => {
  await addMonth(worker, 24);
  expect((await worker.auditRetention.facts()).overdueMonths).toEqual([]);
  expect(await dropMonth(worker, monthNamed(monthsAgo(24)))).toBe('kept');
});

describe('AUDIT-WITH-CAUSE: the database itself keeps', () => {
  const month = monthNamed(monthsAgo(6));
  beforeEach(async () => {
    await addMonth(worker, 6);
    await addMonth(worker, 5);
    await keep(30);
  });
  const stays = async (answer: string) => {
    const before = await targets();
    expect(await dropMonth(worker, month)).toBe(answer);
    expect(await targets()).toEqual(before);
    expect(await it.store.auditChain.stubs('acme')).toEqual([]);
  };

  test('what is not anchored outside of it', async () => {
    await it.sql('update latchkey.audit_chain set anchored_number = 2');
    await stays('not_anchored');
  });

  test('a month before which there is another one', async () => {
    expect(await dropMonth(worker, monthNamed(monthsAgo(5)))).toBe('not_oldest');
  });

  test('an event without a seal', async () => {
    await appendEvents(it.store, [auditEvent(9)]);
    await it.sql(`update latchkey.audit_event set sealed_month = $1 where target_id = 'token-9'`, [month]);
    await stays('not_sealed');
  });

  test('a chain with a gap', async () => {
    await it.sql('delete from latchkey.audit_event where target_id = $1', ['6-1']);
    await it.sql('delete from latchkey.audit_seal where number = 2');
    await stays('broken');
  });

  test('a chain that was cut at its beginning', async () => {
    await it.sql('delete from latchkey.audit_event where target_id = $1', ['6-0']);
    await it.sql('delete from latchkey.audit_seal where number = 1');
    await stays('broken');
  });

  test('a seal that somebody made without the key, or that the next one does not follow', async () => {
    await it.sql(`update latchkey.audit_seal set mac = sha256('x') where number = 3`);
    await stays('broken');
    await it.sql(`update latchkey.audit_seal set link = sha256('x'), key_id = 'other' where number = 3`);
    await stays('broken');
  });

  test('everything where stubs say anything else than what is there', async () => {
    const { parts } = worker.auditRetention;
    const bent = (bend: (part: Awaited<ReturnType<typeof parts>>[number]['part']) => object) => ({
      ...worker,
      auditRetention: {
        ...worker.auditRetention,
        parts: async (asked: string) =>
          (await parts(asked)).map((each) => ({ ...each, part: { ...each.part, ...bend(each.part) } })),
      },
    });
    const answers = [];
    for (const bend of [
      { firstNumber: 2 },
      { lastNumber: 2 },
      { eventCount: 2 },
      { lastLink: 'a'.repeat(64) },
      { lastSealedAt: monthsAgo(7) },
    ]) {
      answers.push(
        await dropMonth(
          bent(() => bend),
          month,
        ),
      );
    }
    const without = { ...worker.auditRetention, parts: async () => [] };
    answers.push(await dropMonth({ ...worker, auditRetention: without }, month));
    answers.push(await dropMonth({ ...worker, now: async () => monthsAgo(1) }, month));
    expect(answers).toEqual(answers.map(() => 'stubs_differ'));
    expect(await it.store.auditChain.stubs('acme')).toEqual([]);
    expect(await dropMonth(worker, month)).toBe('dropped');
  });
});

describe('AUDIT-WITH-CAUSE: a stub', () => {
  let anchors: Awaited<ReturnType<typeof anchorOf>>[];
  beforeEach(async () => {
    anchors = [];
    for (const ago of [6, 5, 4]) anchors.push(await addMonth(worker, ago));
    await addMonth(worker, 0, { at: Date.now() });
    await keep(daysSince(monthsAgo(4)));
    expect(await dropOverdue(worker)).toHaveLength(2);
    await sealAll(worker);
    expect(await check()).toMatchObject({ problems: [], vouched: 9 });
  });
  const check = async () => {
    const { problems, vouched } = await checkChain(it.store, anchors);
    return { problems: problems.map(({ type, number }) => [type, number]), vouched };
  };

  test.each([
    ['first_number = 2', [['seals_missing', 1]]],
    ['event_count = 2', [['stub_changed', 1]]],
    [
      `last_link = sha256('x')`,
      [
        ['stub_changed', 1],
        ['anchor_differs', 3],
      ],
    ],
    [`dropped_at = dropped_at - interval '1 day'`, [['stub_changed', 1]]],
    [
      `last_sealed_at = last_sealed_at - interval '1 day'`,
      [
        ['stub_changed', 1],
        ['anchor_differs', 3],
      ],
    ],
    [
      `link = sha256('x')`,
      [
        ['stub_changed', 1],
        ['mac_wrong', 3],
        ['stub_changed', 4],
      ],
    ],
    [`mac = sha256('x')`, [['mac_wrong', 3]]],
    [
      `key_id = 'audit-9'`,
      [
        ['stub_changed', 1],
        ['key_unknown', 3],
      ],
    ],
  ])('that was edited is found: %s', async (assignment, problems) => {
    await it.sql(`update latchkey.audit_stub set ${assignment} where last_number = 3`);
    expect(await check()).toEqual({ problems, vouched: null });
  });

  test('that is missing is found, whichever it is', async () => {
    const [first, second] = await it.sql('select * from latchkey.audit_stub order by last_number');
    expect([first?.['last_number'], second?.['last_number']]).toEqual(['3', '6']);
    const without = async (where: string) => {
      await it.sql(`create table latchkey.aside as select * from latchkey.audit_stub where ${where}`);
      await it.sql(`delete from latchkey.audit_stub where ${where}`);
      const found = await check();
      await it.sql('insert into latchkey.audit_stub select * from latchkey.aside');
      await it.sql('drop table latchkey.aside');
      return found;
    };
    expect(await without('last_number = 3')).toEqual({ problems: [['seals_missing', 1]], vouched: null });
    expect(await without('last_number = 6')).toEqual({ problems: [['seals_missing', 4]], vouched: 3 });
    expect(await without('true')).toEqual({ problems: [['seals_missing', 1]], vouched: null });
    expect(await check()).toMatchObject({ problems: [], vouched: 9 });
  });

  test('of events that somebody dropped past us is found: forged without the key, or with it and without its record', async () => {
    const forge = (mac: string) =>
      it.sql(
        `insert into latchkey.audit_stub
         select organization_id, number, 7, 3, link, sealed_at, clock_timestamp(), sha256('forged'), ${mac}, key_id
           from latchkey.audit_seal where number = 9`,
      );
    await forge(`sha256('forged')`);
    await it.sql(`drop table latchkey.audit_event_${monthNamed(monthsAgo(4)).slice(0, 7).replace('-', '_')}`);
    await it.sql(`drop table latchkey.audit_seal_${monthNamed(monthsAgo(4)).slice(0, 7).replace('-', '_')}`);
    expect((await check()).problems).toEqual([
      ['stub_changed', 7],
      ['mac_wrong', 9],
      ['stub_unrecorded', 9],
    ]);
  });

  test('whose record somebody has bent is found', async () => {
    await it.sql(
      `update latchkey.audit_event set details = details || '{"stub": "none"}' where details ->> 'lastNumber' = '6'`,
    );
    expect((await check()).problems.map(([type]) => type)).toEqual(['stub_unrecorded', 'event_changed']);
  });

  test('made early by somebody who has the key is contradicted by what was anchored', async () => {
    const [stub] = await it.store.auditChain.stubs('acme');
    const later = { ...anchors[0], number: 2, sealedAt: (stub?.lastSealedAt ?? 0) + 1 } as (typeof anchors)[number];
    expect((await checkChain(it.store, [later])).problems).toEqual([{ type: 'anchor_differs', number: 2 }]);
  });
});

describe('while events are written', () => {
  const month = monthNamed(monthsAgo(6));
  beforeEach(async () => {
    await addMonth(worker, 6);
    await addMonth(worker, 5);
    await keep(30);
  });
  const connect = async () => {
    const client = new pg.Client({ connectionString: it.urlOf('api') });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };
  const INSERT = `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type,
    target_id, details) values ('acme', now(), 'member', 'ada', 'token.revoked', 'token', 'held', '{}')`;

  test('a drop gives way to a transaction that has written one, and neither loses anything', async () => {
    const writer = await connect();
    await writer.query('begin');
    await writer.query(INSERT);
    expect(await dropMonth(worker, month)).toBe('busy');
    expect(await it.store.auditChain.stubs('acme')).toEqual([]);
    // Nobody waits behind the drop that gave up.
    await appendEvents(it.store, [auditEvent(50)]);
    await writer.query('commit');
    expect(await dropMonth(worker, month)).toBe('dropped');
    await sealAll(worker);
    expect(await checkChain(it.store)).toMatchObject({ problems: [] });
    expect(await targets()).toEqual(['5-0', '5-1', '5-2', 'acme', 'held', 'token-50']);
  });

  test('an event that comes while a drop waits for the trail comes after it, and is kept', async () => {
    const reader = await connect();
    await reader.query('begin');
    await reader.query('select count(*) from latchkey.audit_event');
    const dropping = dropMonth(worker, month);
    await untilWaiting(it.sql, 1);
    const writer = await connect();
    const written = writer.query(INSERT);
    await reader.query('commit');
    await written;
    // It may have given up before the reader did.
    const answer = await dropping;
    expect(['dropped', 'busy']).toContain(answer);
    if (answer === 'busy') expect(await dropMonth(worker, month)).toBe('dropped');
    await sealAll(worker);
    expect(await targets()).toContain('held');
    expect(await checkChain(it.store)).toMatchObject({ problems: [] });
  });

  test('sealers and droppers, several at once: each event is sealed once, each month goes once', async () => {
    for (const ago of [4, 3, 2]) await addMonth(worker, ago);
    const other = await it.open('worker');
    const answers: string[] = [];
    const drop = async (store: OpenStore) => {
      for (;;) {
        const [next] = (await store.auditRetention.facts()).overdueMonths;
        if (next === undefined) return;
        answers.push(await dropMonth(store, next));
      }
    };
    const write = async (from: number) => {
      for (let i = from; i < from + 15; i += 1) await appendEvents(it.store, [auditEvent(i)]);
    };
    await Promise.all([drop(worker), drop(other), write(100), write(200), sealAll(worker, 3), sealAll(other, 3)]);
    await sealAll(worker);
    // At least sixty days old, by whichever day of a month it is today.
    const overdue = answers.filter((answer) => answer === 'dropped').length;
    expect(overdue).toBeGreaterThanOrEqual(3);
    expect(await it.store.auditChain.stubs('acme')).toHaveLength(overdue);
    expect(await checkChain(it.store)).toMatchObject({ problems: [] });
    expect((await targets()).filter((id) => id.startsWith('token-'))).toHaveLength(30);
    expect(await it.store.auditChain.waiting('acme')).toEqual({ count: 0, oldestAt: null });
  });
});

test('an organization that has nothing left but its stub goes on where it was', async () => {
  await addMonth(worker, 6);
  await keep(30);
  expect(await dropOverdue(worker)).toHaveLength(1);
  expect((await checkChain(it.store)).problems).toEqual([]);
  await sealAll(worker);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 1, intact: 4 });
});

test('months are made ahead, each once, also by several at once', async () => {
  const made = await Promise.all([worker, await it.open('worker')].map((each) => each.auditRetention.makeAhead(14)));
  expect(made.reduce((sum, each) => sum + each)).toBe(11);
  expect(await worker.auditRetention.makeAhead(14)).toBe(0);
  expect((await worker.auditRetention.facts()).aheadMonths).toEqual(
    Array.from({ length: 14 }, (_, i) => monthNamed(monthsAgo(-1 - i))),
  );
  expect(await partitions()).toHaveLength(2 * 15);
});

test('facts say how old the oldest event is that waits for its seal', async () => {
  expect(await worker.auditRetention.facts()).toMatchObject({ retentionDays: null, oldestUnsealedAt: null });
  await appendEvents(it.store, [auditEvent(7), auditEvent(5, { organizationId: 'beta' })]);
  await keep(365);
  expect(await worker.auditRetention.facts()).toMatchObject({ retentionDays: 365, oldestUnsealedAt: auditEvent(5).at });
});
