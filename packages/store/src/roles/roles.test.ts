import { createDatabase } from '@latchkey/embedded';
import { Migration } from '@mikro-orm/migrations';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { addOrganization, addToken, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, PASSWORDS, ROLE_SUFFIX, type TestStore } from '../../test/open-test-store.ts';
import { migrateStore, type OutboxMessage, openStore } from '../index.ts';
import { storeMigrations } from '../migrations/list.ts';
import { scramVerifier } from './scram.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
  await addToken(it.store, {}, newSecret());
  await it.store.unitOfWork.run((tx) =>
    it.store.audit.append(tx, [
      {
        organizationId: 'acme',
        at: T0,
        actor: { type: 'member', id: 'ada' },
        action: 'token.issued',
        target: { type: 'token', id: 't' },
        reason: null,
        address: null,
        client: null,
        requestId: null,
        details: {},
      },
    ]),
  );
});
afterAll(() => Promise.all(closers.map((close) => close())));

/** SQLSTATE of what the role got for it; `ok` where it was let. Nothing of it stays. */
const attempt = async (url: string, statement: string): Promise<string> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(statement);
    return 'ok';
  } catch (error) {
    return (error as pg.DatabaseError).code ?? String(error);
  } finally {
    await client.query('rollback');
    await client.end();
  }
};

const DENIED = '42501';

describe.each(['api', 'worker'] as const)('the role of the %s', (role) => {
  test.each([
    'update latchkey.audit_event set reason = null',
    'delete from latchkey.audit_event',
    'truncate latchkey.audit_event',
    'drop table latchkey.audit_event',
    'drop table latchkey.audit_event_unsealed',
    'delete from latchkey.audit_event_unsealed',
    'select * from latchkey.audit_event_unsealed',
    'alter table latchkey.audit_event detach partition latchkey.audit_event_unsealed',
    `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details,
      sealed_month) values ('acme', now(), 'worker', 'w', 'token.deactivated', 'token', 't', '{}', '2026-01-01')`,
    `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details,
      salt) values ('acme', now(), 'worker', 'w', 'token.deactivated', 'token', 't', '{}', gen_random_uuid())`,
    'update latchkey.audit_seal set key_id = key_id',
    'delete from latchkey.audit_seal',
    'truncate latchkey.audit_seal',
    'update latchkey.audit_unsealed set xid = xid',
    'delete from latchkey.audit_chain',
    `insert into latchkey.audit_stub select organization_id, number, number, 1, link, sealed_at, sealed_at, link, mac, key_id
      from latchkey.audit_seal`,
    'update latchkey.audit_stub set event_count = event_count',
    'delete from latchkey.audit_stub',
    'update latchkey.installation set audit_retention_days = 1',
    'alter table latchkey.audit_event disable trigger waits_for_its_seal',
    'alter table latchkey.audit_event add column more text',
    'create trigger t before insert on latchkey.audit_event for each row execute function suppress_redundant_updates_trigger()',
    'alter table latchkey.token disable trigger all',
    'create table latchkey.mine (id int)',
    'create index mine on latchkey.token (name)',
    'create schema mine',
    'create role mine',
    'create or replace function latchkey.token_is_itself_fn() returns trigger as $$ begin return new; end; $$ language plpgsql',
    'delete from latchkey.token',
    'delete from latchkey.secret',
    'delete from latchkey.organization',
    'delete from latchkey.owner_gate',
    'truncate latchkey.token cascade',
    'update latchkey.change set subject = subject',
    'update latchkey.installation set id = 1',
    'delete from latchkey.installation',
    'delete from latchkey.migration',
    `update latchkey.organization set routing_key = 'abc'`,
    'set role postgres',
    'set session_replication_role = replica',
    `alter role latchkey_api${ROLE_SUFFIX} superuser`,
    `copy latchkey.token to program 'cat'`,
  ])('AUDIT-WITH-CAUSE, TERMINAL: is refused %s', async (statement) => {
    expect(await attempt(it.urlOf(role), statement)).toBe(DENIED);
  });

  test('appends to the audit trail and reads it', async () => {
    expect(await attempt(it.urlOf(role), 'select * from latchkey.audit_event')).toBe('ok');
    const insert = `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type,
      target_id, details) values ('acme', now(), 'worker', 'w', 'token.deactivated', 'token', 't', '{}')`;
    expect(await attempt(it.urlOf(role), insert)).toBe('ok');
  });

  test('is no superuser and makes no databases and no roles', async () => {
    const [row] = await it.sql(
      `select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin from pg_roles where rolname = $1`,
      [`latchkey_${role}${ROLE_SUFFIX}`],
    );
    expect(row).toEqual({
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
      rolcanlogin: true,
    });
  });
});

test.each([
  'delete from latchkey.audit_unsealed',
  'update latchkey.audit_chain set number = number + 1',
  `insert into latchkey.audit_seal select * from latchkey.audit_seal`,
  `update latchkey.audit_event set sealed_month = '2026-01-01'`,
  `select latchkey.make_audit_partition('2026-01-01')`,
  `select latchkey.drop_audit_partition('2026-01-01', '[]')`,
])('AUDIT-WITH-CAUSE: the role of the api chains nothing: %s', async (statement) => {
  expect(await attempt(it.urlOf('api'), statement)).toBe(DENIED);
});

describe('the role of the worker', () => {
  test('AUDIT-WITH-CAUSE: moves an event to the month of its seal, and from there nowhere', async () => {
    const move = (to: string) =>
      `select latchkey.make_audit_partition('2026-01-01'), latchkey.make_audit_partition('2026-02-01');
       update latchkey.audit_event set sealed_month = '${to}'`;
    expect(await attempt(it.urlOf('worker'), move('2026-01-01'))).toBe('ok');
    expect(await attempt(it.urlOf('worker'), `${move('2026-01-01')}; ${move('2026-02-01')}`)).toBe('23514');
    expect(await attempt(it.urlOf('worker'), `${move('2026-01-01')}; ${move('infinity')}`)).toBe('23514');
  });

  test('makes partitions, each once, of months alone and no further than it may', async () => {
    const make = (month: string) => attempt(it.urlOf('worker'), `select latchkey.make_audit_partition(${month})`);
    expect(await make(`date_trunc('month', now() + interval '2 years')::date`)).toBe('ok');
    for (const month of [`'2026-01-02'`, `'1999-01-01'`, `'infinity'`, `'2222-01-01'`, 'null']) {
      expect(await make(month), month).toBe('22023');
    }
    // What the caller has put into its own path, it acts with its own rights alone.
    const lured = `create function bullmq.to_char(date, text) returns text language plpgsql as
        $$ begin raise exception 'lured'; end $$;
      set local search_path = bullmq, pg_catalog; select latchkey.make_audit_partition('2026-01-01')`;
    expect(await attempt(it.urlOf('worker'), lured)).toBe('ok');
  });

  test.each([
    'select digest from latchkey.secret',
    'select * from latchkey.secret',
    'update latchkey.secret set spent = true',
    'insert into latchkey.secret select * from latchkey.secret',
    'select * from latchkey.session',
    'delete from latchkey.session',
    'select * from latchkey.sign_in_link',
    'select * from latchkey.system_credential',
    'select * from latchkey.system_credential_secret',
    'insert into latchkey.organization select * from latchkey.organization',
    'update latchkey.organization set mark = mark + 1',
    `update latchkey.token set permissions = '{}'`,
    `update latchkey.token set name = 'x'`,
    'update latchkey.token set expires_at = null',
    'update latchkey.owner_gate set closed_at = null, mark = mark + 1',
  ])('DUMP-MINTS-NOTHING: is refused %s', async (statement) => {
    expect(await attempt(it.urlOf('worker'), statement)).toBe(DENIED);
  });

  test('removes ended sessions and old tombstones by functions alone, and the api has none of that', async () => {
    for (const call of [
      'latchkey.remove_ended_sessions(10)',
      `latchkey.purge_tombstones('acme', 400, 10)`,
      `latchkey.close_owner_gate('acme', 'ada', now())`,
    ]) {
      expect(await attempt(it.urlOf('worker'), `select ${call}`)).toBe('ok');
      expect(await attempt(it.urlOf('api'), `select ${call}`)).toBe(DENIED);
    }
    // Whatever stands first on the caller's path, the functions look in the catalog alone.
    const functions = await it.sql<{ config: readonly string[] }>(
      `select proconfig as config from pg_proc where pronamespace = 'latchkey'::regnamespace and prosecdef`,
    );
    expect(functions.length).toBeGreaterThan(0);
    for (const { config } of functions) expect(config).toContain('search_path=pg_catalog, pg_temp');
  });

  test('reads what of a secret is no secret', async () => {
    expect(await attempt(it.urlOf('worker'), 'select number, last_used_at, hint from latchkey.secret')).toBe('ok');
  });

  test('can do its work: the cascade, its audit events, its changes, and the relay', async () => {
    const worker = await it.open('worker');
    const token = await addToken(it.store, { ownerId: 'leaver' });
    await it.store.unitOfWork.run(async (tx) => {
      await it.store.ownerGates.close(tx, 'acme', 'leaver', T0);
      await it.store.outbox.add(tx, 'acme', 'cascade-member-removal', {
        organizationId: 'acme',
        memberId: 'leaver',
        removedBy: { type: 'member', id: 'ada' },
        requestId: null,
      });
    });
    expect(await worker.pendingMigrations()).toEqual([]);
    const taken: OutboxMessage[] = [];
    const relayed = await worker.outbox.relay(10, async (messages) => {
      taken.push(...messages);
      return { relayed: messages.map(({ messageId }) => messageId), failed: [] };
    });
    expect(relayed).toBe(1);
    const done = await worker.unitOfWork.run(async (tx) => {
      expect(await worker.ownerGates.find('acme', 'leaver', tx)).toMatchObject({ closed: true });
      const tokens = await worker.tokens.deactivateForRemovedOwner(tx, 'acme', 'leaver', 10, T0);
      await worker.feed.append(tx, [{ subject: 'owner', organizationId: 'acme', id: 'leaver' }]);
      return tokens;
    });
    expect(done.map(({ tokenId }) => tokenId)).toEqual([token.tokenId]);
    for (const message of taken) await worker.outbox.finish(message);
    expect(await worker.outbox.removeDone(Date.now() + 60_000)).toBe(1);
  });
});

test('AUDIT-WITH-CAUSE: functions that act with their owner’s rights look at no path of their caller’s, and are one role’s alone', async () => {
  const functions = await it.sql(
    `select p.proname as name, p.proconfig[1] as path, array(
              select a.grantee::regrole::text from aclexplode(p.proacl) a
               where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner) as callers
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'latchkey' and p.prosecdef order by 1`,
  );
  const expected = { path: 'search_path=pg_catalog, pg_temp', callers: [`latchkey_worker${ROLE_SUFFIX}`] };
  const names = [
    'close_owner_gate',
    'drop_audit_partition',
    'make_audit_partition',
    'purge_tombstones',
    'remove_ended_sessions',
  ];
  expect(functions).toEqual(names.map((name) => ({ name, ...expected })));
});

describe('migrating', () => {
  const fresh = async () => {
    const database = await createDatabase(inject('postgresUrl'), 'store_roles');
    onTestFinished(() => database.drop());
    return database.url;
  };
  const urlFor = (adminUrl: string, role: string, password: string) => {
    const url = new URL(adminUrl);
    url.username = role;
    url.password = password;
    return url.href;
  };
  const answers = async (url: string) => {
    const store = await openStore({ url, applicationName: 'roles-test' });
    try {
      return (await store.now()) > 0;
    } catch {
      return false;
    } finally {
      await store.close();
    }
  };

  test('again with another password changes it, without one keeps it', async () => {
    const adminUrl = await fresh();
    const suffix = '_password_test';
    const role = `latchkey_api${suffix}`;
    await migrateStore({ adminUrl, roleSuffix: suffix, apiPassword: 'first-one' });
    expect(await answers(urlFor(adminUrl, role, 'first-one'))).toBe(true);
    await migrateStore({ adminUrl, roleSuffix: suffix, apiPassword: 'second-one' });
    expect(await answers(urlFor(adminUrl, role, 'first-one'))).toBe(false);
    await migrateStore({ adminUrl, roleSuffix: suffix });
    expect(await answers(urlFor(adminUrl, role, 'second-one'))).toBe(true);
  });

  test('takes back a grant that is not in the list any more', async () => {
    const adminUrl = await fresh();
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    onTestFinished(() => client.end());
    await migrateStore({
      adminUrl,
      roleSuffix: ROLE_SUFFIX,
      apiPassword: PASSWORDS.api,
      workerPassword: PASSWORDS.worker,
    });
    await client.query(`grant delete, update on latchkey.audit_event to latchkey_api${ROLE_SUFFIX}`);
    const url = urlFor(adminUrl, `latchkey_api${ROLE_SUFFIX}`, PASSWORDS.api);
    expect(await attempt(url, 'delete from latchkey.audit_event')).toBe('ok');
    await migrateStore({ adminUrl, roleSuffix: ROLE_SUFFIX });
    expect(await attempt(url, 'delete from latchkey.audit_event')).toBe(DENIED);
  });

  test('says how long audit events are kept, and each change of it is one of them', async () => {
    const adminUrl = await fresh();
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    onTestFinished(() => client.end());
    const changes = async () =>
      (
        await client.query(
          `select details from latchkey.audit_event where action = 'installation.retention_changed' order by at`,
        )
      ).rows.map(({ details }) => details);
    const migrate = (auditRetentionDays?: number | null) =>
      migrateStore({
        adminUrl,
        roleSuffix: '_retention_test',
        ...(auditRetentionDays === undefined ? {} : { auditRetentionDays }),
      });
    for (const days of [undefined, null, 400, 400, undefined, 30, null]) await migrate(days);
    expect(await changes()).toEqual([
      { from: null, to: 400 },
      { from: 400, to: 30 },
      { from: 30, to: null },
    ]);
    await expect(migrate(0)).rejects.toThrow(/installation_audit_retention_range/);
  });

  test('refuses to go on with a role that somebody has made powerful', async () => {
    const adminUrl = await fresh();
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    onTestFinished(() => client.end());
    await migrateStore({ adminUrl, roleSuffix: '_power_test' });
    await client.query('alter role latchkey_worker_power_test superuser');
    await expect(migrateStore({ adminUrl, roleSuffix: '_power_test' })).rejects.toThrow(/more power than it needs/);
    await client.query('alter role latchkey_worker_power_test nosuperuser');
    await migrateStore({ adminUrl, roleSuffix: '_power_test' });
  });

  test('several databases of one server at once share the roles', async () => {
    const urls = await Promise.all([fresh(), fresh(), fresh()]);
    await Promise.all(
      urls.map((adminUrl) => migrateStore({ adminUrl, roleSuffix: '_shared_test', apiPassword: 'shared-one' })),
    );
    for (const url of urls) expect(await answers(urlFor(url, 'latchkey_api_shared_test', 'shared-one'))).toBe(true);
  });

  test('runs a host’s migrations and grants beside the store’s', async () => {
    class Directory extends Migration {
      override up() {
        this.addSql('create schema iam');
        this.addSql('create table iam.member (id int primary key, note text)');
      }
      override down() {
        this.addSql('drop schema iam cascade');
      }
    }
    const adminUrl = await fresh();
    const migrations = [{ name: 'host-0001-directory', class: Directory }];
    const suffix = '_host_test';
    const store = await openStore({
      url: urlFor(adminUrl, `latchkey_api${suffix}`, 'host-password'),
      applicationName: 'roles-test',
      migrations,
    });
    onTestFinished(() => store.close());
    await migrateStore({ adminUrl, roleSuffix: suffix, apiPassword: 'host-password', workerPassword: 'host-password' });
    expect(await store.pendingMigrations()).toEqual(['host-0001-directory']);
    const { applied } = await migrateStore({
      adminUrl,
      roleSuffix: suffix,
      migrations,
      grants: [
        { role: 'api', schema: 'iam', table: 'member', privileges: { SELECT: true, UPDATE: ['note'] } },
        { role: 'worker', schema: 'iam', table: 'member', privileges: { SELECT: ['id'] } },
      ],
    });
    expect(applied).toEqual(['host-0001-directory']);
    expect(await store.pendingMigrations()).toEqual([]);
    const api = urlFor(adminUrl, `latchkey_api${suffix}`, 'host-password');
    const worker = urlFor(adminUrl, `latchkey_worker${suffix}`, 'host-password');
    expect(await attempt(api, `update iam.member set note = 'x'`)).toBe('ok');
    expect(await attempt(api, 'update iam.member set id = 2')).toBe(DENIED);
    expect(await attempt(worker, 'select id from iam.member')).toBe('ok');
    expect(await attempt(worker, 'select note from iam.member')).toBe(DENIED);
  });

  test('a schema that nothing has migrated says what is pending', async () => {
    const store = await openStore({ url: await fresh(), applicationName: 'roles-test' });
    onTestFinished(() => store.close());
    expect(await store.pendingMigrations()).toEqual(storeMigrations.map(({ name }) => name));
  });

  test('the worker makes and uses tables in the schema of its queue, and nobody else does', async () => {
    const adminUrl = await fresh();
    const suffix = '_jobs_test';
    await migrateStore({ adminUrl, roleSuffix: suffix, apiPassword: 'jobs', workerPassword: 'jobs' });
    const worker = urlFor(adminUrl, `latchkey_worker${suffix}`, 'jobs');
    const api = urlFor(adminUrl, `latchkey_api${suffix}`, 'jobs');
    const client = new pg.Client({ connectionString: worker });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('create table bullmq.job (id serial primary key)');
    await migrateStore({ adminUrl, roleSuffix: suffix });
    expect(await attempt(worker, 'insert into bullmq.job default values')).toBe('ok');
    expect(await attempt(api, 'select * from bullmq.job')).toBe(DENIED);
    expect(await attempt(api, 'create table bullmq.mine (id int)')).toBe(DENIED);
  });
});

test('SECRET-ONCE: a role’s password is sent as what PostgreSQL stores of it, never as itself', () => {
  // RFC 7677, section 3: the example's password, salt and iterations; its server key is checked by its signature there.
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
  for (const bad of ['', 'with space', 'ümlaut', 'x'.repeat(257)]) expect(() => scramVerifier(bad)).toThrow(TypeError);
});
