import { createDatabase } from '@latchkey/embedded';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { isOfPartitions, readCatalog } from '../../test/read-catalog.ts';
import { storeEntities } from '../entities.ts';
import { migrateStore, unmigrateStore } from '../migrate-store.ts';
import { storeMigrations } from './list.ts';

const suffix = '_schema_test';

/** What the worker calls with more rights than its own: no entity can fix a function's search path. */
const called = ['remove_ended_sessions', 'purge_tombstones', 'close_owner_gate'].map(
  (name) => `function CREATE OR REPLACE FUNCTION latchkey.${name}(`,
);

const emptyDatabase = async () => {
  const database = await createDatabase(inject('postgresUrl'), 'store_schema');
  onTestFinished(() => database.drop());
  return database.url;
};

const openOrm = (url: string) => {
  const orm = new MikroORM({
    clientUrl: url,
    entities: [...storeEntities],
    logger: () => undefined,
    // Functions that make and drop partitions are the migrations' own.
    schemaGenerator: { ignoreRoutines: true },
  });
  onTestFinished(() => orm.close(true));
  return orm;
};

const migrated = async () => {
  const url = await emptyDatabase();
  await migrateStore({ adminUrl: url, roleSuffix: suffix });
  return url;
};

const fresh = async () => {
  const url = await emptyDatabase();
  const orm = openOrm(url);
  await orm.schema.create();
  return url;
};

test('the migrated schema is the one that the entities describe, and the other way round', async () => {
  const orm = openOrm(await migrated());
  const { up, down } = await orm.schema.getUpdateSchemaMigrationSQL({ wrap: false });
  // Only the list of migrations is nobody's entity.
  expect(up.trim()).toBe('drop table if exists "latchkey"."migration" cascade;');
  // The other way round only the partitions and their functions would come back, of which the entities say nothing.
  const back = down
    .replaceAll(/create (?:or replace )?function[^$]*\$\$[^$]*\$\$[^;]*;/gi, '')
    .split(/;\s*/)
    .filter(
      (each) => /^(?:create|alter|drop|comment) (?!schema)/.test(each) && !/"audit_(?:event|seal)["_]/.test(each),
    );
  expect(back).toEqual([expect.stringMatching(/^\s*create table "latchkey"."migration"/)]);
});

test('a fresh schema and a migrated one have the same catalog, save what no entity can say', async () => {
  const [fromEntities, fromMigrations] = await Promise.all([
    fresh().then(readCatalog),
    migrated().then((url) => readCatalog(url, ['migration'])),
  ]);
  expect(fromMigrations).toContain('table incarnation unlogged');
  expect(fromMigrations).toContain('table verifier unlogged');
  // INCARNATION: that, and partitions, is what the entities leave to the migrations.
  expect(
    fromMigrations
      .filter((line) => !isOfPartitions(line) && !called.some((name) => line.startsWith(name)))
      .map((line) => line.replace(/^(table (?:incarnation|verifier)) unlogged$/, '$1 logged')),
  ).toEqual(fromEntities);
});

test('each down undoes its up', { timeout: 120_000 }, async () => {
  const url = await migrated();
  const afterUp: (readonly string[])[] = [await readCatalog(url)];
  for (let undone = 0; undone < storeMigrations.length; undone += 1) {
    await unmigrateStore({ adminUrl: url }, 1);
    afterUp.unshift(await readCatalog(url));
  }
  expect(afterUp[0]?.filter((line) => !line.includes('migration'))).toEqual([]);
  expect(new Set(afterUp.map((catalog) => catalog.join('\n'))).size).toBe(storeMigrations.length + 1);

  const { applied } = await migrateStore({ adminUrl: url, roleSuffix: suffix });
  expect(applied).toEqual(storeMigrations.map(({ name }) => name));
  expect(await readCatalog(url)).toEqual(afterUp.at(-1));

  // The same in between: down to each step and up again.
  for (let steps = 1; steps <= storeMigrations.length; steps += 1) {
    await unmigrateStore({ adminUrl: url }, steps);
    expect(await readCatalog(url)).toEqual(afterUp.at(-1 - steps));
    await migrateStore({ adminUrl: url, roleSuffix: suffix });
    expect(await readCatalog(url)).toEqual(afterUp.at(-1));
  }
});

test('every key and unique index of an organization’s table begins with the organization', async () => {
  const client = new pg.Client({ connectionString: await migrated() });
  await client.connect();
  onTestFinished(() => client.end());
  const { rows } = await client.query<{ name: string; first: string; unique: boolean; table: string }>(
    `select i.indexrelid::regclass::text as name, a.attname as first, i.indisunique as unique, c.relname as table
       from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where n.nspname = 'latchkey' and c.relname not in ('migration', 'installation', 'incarnation', 'verifier')`,
  );
  const others = rows.filter(({ first }) => first !== 'organization_id');
  // The installation's own credentials belong to no organization.
  expect(
    others
      .filter(({ unique }) => unique)
      .map(({ table }) => table)
      .sort(),
  ).toEqual(['system_credential', 'system_credential_secret']);
  // Written down one by one: the way from a token's id to its organization, and queues that serve all of them.
  expect(
    others
      .filter(({ unique }) => !unique)
      .map(({ name }) => name.replace('latchkey.', ''))
      .sort(),
  ).toEqual([
    'audit_unsealed_xid',
    'change_xid',
    'decision_count_by_day',
    'idempotency_key_by_created_at',
    'organization_routing_key',
    'outbox_message_dead',
    'outbox_message_done',
    'outbox_message_due',
    'secret_to_cut',
    'session_by_digest',
    'session_by_expires_at',
    'sign_in_link_by_digest',
    'sign_in_link_by_expires_at',
    // Begins with the routing key instead.
    'token_name_by_grams',
  ]);
  expect(rows.filter(({ table }) => table === 'token').every(({ first }) => first === 'organization_id')).toBe(true);
});

test('a migration gives up soon where somebody holds a lock that it needs', async () => {
  const url = await migrated();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  await client.query('lock table latchkey.session in access share mode');
  // As many as lie above the one that made the table, and that one.
  const made = storeMigrations.findIndex(({ name }) => name === 'store-0004-credentials');
  const undo = unmigrateStore({ adminUrl: url }, storeMigrations.length - made);
  await expect(undo).rejects.toThrow(/lock timeout/);
  await client.query('rollback');
  expect(await readCatalog(url)).toContain('table session logged');
});

test('servers that migrate at once do it once', async () => {
  const url = await emptyDatabase();
  const runs = await Promise.all([1, 2, 3].map(() => migrateStore({ adminUrl: url, roleSuffix: suffix })));
  expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 0, storeMigrations.length]);
});
