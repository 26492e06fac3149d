import { createDatabase } from '@latchkey/embedded';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { checkChain, sealAll } from '../../test/audit-chain.ts';
import { PASSWORDS, ROLE_SUFFIX } from '../../test/open-test-store.ts';
import { migrateStore, openStore, unmigrateStore } from '../index.ts';
import { storeMigrations } from './list.ts';

const opened = async () => {
  const database = await createDatabase(inject('postgresUrl'), 'store_partitions');
  onTestFinished(() => database.drop());
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  onTestFinished(() => admin.end());
  const migrate = () =>
    migrateStore({ adminUrl: database.url, roleSuffix: ROLE_SUFFIX, workerPassword: PASSWORDS.worker });
  await migrate();
  const url = new URL(database.url);
  url.username = `latchkey_worker${ROLE_SUFFIX}`;
  url.password = PASSWORDS.worker;
  const worker = await openStore({ url: url.href, applicationName: 'partitions-test' });
  onTestFinished(() => worker.close());
  const sql = async (text: string, values: unknown[] = []) => (await admin.query(text, values)).rows;
  const made = storeMigrations.findIndex(({ name }) => name === 'store-audit-partitions');
  return {
    sql,
    worker,
    migrate,
    unmigrate: () => unmigrateStore({ adminUrl: database.url }, storeMigrations.length - made),
  };
};

const ADD = `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
  select $1, now() + i * interval '1 ms', 'member', 'ada', 'token.issued', 'token', 't-' || i, '{}'
    from generate_series($2::int, $3::int) as i`;

test('AUDIT-WITH-CAUSE: rows of the schema before keep their seals, their places and what waits; and the way back loses nothing', async () => {
  const { sql, worker, migrate, unmigrate } = await opened();
  await sql(ADD, ['acme', 1, 40]);
  await sql(ADD, ['beta', 1, 3]);
  await sealAll(worker);
  // As if part of it had been sealed in other months: the chain no longer holds, and the rows must find their way all the same.
  await unmigrate();
  await sql(
    `update latchkey.audit_seal set sealed_at = date_trunc('month', sealed_at) - interval '1 ms' where number <= 10`,
  );
  await sql(`update latchkey.audit_seal set sealed_at = '2024-02-29 23:59:59.999+00' where number <= 5`);
  await sql(`update latchkey.audit_seal set sealed_at = '2024-03-01 00:00:00+00' where number = 5`);
  await sql(ADD, ['acme', 41, 47]);
  await sql(`alter table latchkey.audit_event disable trigger waits_for_its_seal`);
  await sql(ADD, ['acme', 48, 48]);
  await sql(`alter table latchkey.audit_event enable trigger waits_for_its_seal`);
  const before = await sql('select organization_id, at, event_id, salt from latchkey.audit_event order by 1, 2, 3');

  await migrate();
  expect(await sql('select organization_id, at, event_id, salt from latchkey.audit_event order by 1, 2, 3')).toEqual(
    before,
  );
  const months = await sql(
    `select e.tableoid::regclass::text as name, count(*)::int as count, count(s.number)::int as sealed
       from latchkey.audit_event e left join latchkey.audit_seal s using (organization_id, at, event_id, sealed_month)
      where organization_id = 'acme' group by 1 order by 1`,
  );
  const month = (back: string) =>
    `to_char((date_trunc('month', now() at time zone 'UTC') - interval '${back}'), 'YYYY_MM')`;
  const [{ current, last } = { current: '', last: '' }] = await sql(
    `select ${month('0')} as current, ${month('1 month')} as last`,
  );
  expect(months).toEqual([
    { name: 'latchkey.audit_event_2024_02', count: 4, sealed: 4 },
    { name: 'latchkey.audit_event_2024_03', count: 1, sealed: 1 },
    { name: `latchkey.audit_event_${last}`, count: 5, sealed: 5 },
    { name: `latchkey.audit_event_${current}`, count: 30, sealed: 30 },
    { name: 'latchkey.audit_event_unsealed', count: 8, sealed: 0 },
  ]);
  // What waited is sealed now, and what never waited is still found.
  expect(await sealAll(worker)).toBe(7);
  const { problems, sealCount } = await checkChain(worker);
  expect(sealCount).toBe(47);
  expect(problems.filter(({ type }) => type === 'event_unchained')).toHaveLength(1);
  expect(problems.filter(({ type }) => type === 'event_missing' || type === 'event_changed')).toEqual([]);
  expect((await checkChain(worker, [], { organizationId: 'beta' })).sealCount).toBe(3);

  await unmigrate();
  expect(await sql('select organization_id, at, event_id, salt from latchkey.audit_event order by 1, 2, 3')).toEqual(
    before,
  );
});

test('a chain that was whole before is whole after', async () => {
  const { sql, worker, migrate, unmigrate } = await opened();
  await unmigrate();
  await migrate();
  await sql(ADD, ['acme', 1, 20]);
  await sealAll(worker);
  await unmigrate();
  await migrate();
  await sql(ADD, ['acme', 21, 25]);
  expect(await sealAll(worker)).toBe(5);
  expect(await checkChain(worker)).toMatchObject({ problems: [], sealCount: 25, intact: 25 });
});
