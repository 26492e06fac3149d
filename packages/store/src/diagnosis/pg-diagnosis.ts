import type { Database } from '../database/database.ts';
import { NOW_MS } from '../database/time.ts';
import { mustBeEmpty } from '../invariants/must-be-empty.ts';
import type { Diagnosis, KeyUse } from './diagnosis.ts';

interface ServerRow {
  readonly version: number;
  readonly is_superuser: boolean;
  readonly in_recovery: boolean;
  readonly synchronous_commit: string;
  readonly fsync: boolean;
  readonly full_page_writes: boolean;
  readonly statement_timeout_ms: number;
  readonly standbys: readonly { readonly state: string; readonly count: number }[];
  readonly now: number;
}

const SERVER = `
  select current_setting('server_version_num')::int as version,
         (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
         pg_is_in_recovery() as in_recovery,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('fsync')::bool as fsync,
         current_setting('full_page_writes')::bool as full_page_writes,
         (select setting::int from pg_settings where name = 'statement_timeout') as statement_timeout_ms,
         coalesce((select jsonb_agg(jsonb_build_object('state', state, 'count', n)) from (
           select coalesce(sync_state, 'not told') as state, count(*) as n from pg_stat_replication group by 1) x), '[]') as standbys,
         ${NOW_MS} as now`;

// A spent secret authenticates nothing: its key is needed to recognise a late use, and by nobody else.
const KEY_USE = `
  select 'pepper' as ring, pepper_id as key_id, count(*)::int as count from latchkey.secret where not spent group by 2
  union all select 'tag', tag_key_id, count(*)::int from latchkey.secret where not spent group by 2
  union all select 'audit', key_id, count(*)::int from latchkey.audit_seal group by 2
  order by 1, 2`;

const MONTHS = `
  select m.month from pg_inherits i join pg_class c on c.oid = i.inhrelid,
         lateral (select substring(pg_get_expr(c.relpartbound, c.oid) from '\\d{4}-\\d{2}-\\d{2}') as month) m
   where i.inhparent = to_regclass('latchkey.audit_event') and m.month is not null order by 1`;

/** `known` are the names of this release's migrations. */
export const createDiagnosis = (database: Database, known: readonly string[]): Diagnosis => ({
  server: async () => {
    const [row] = await database.query<ServerRow>(undefined, SERVER);
    if (row === undefined) throw new TypeError('a statement that always has a row has none');
    return {
      version: row.version,
      isSuperuser: row.is_superuser,
      inRecovery: row.in_recovery,
      synchronousCommit: row.synchronous_commit,
      fsync: row.fsync,
      fullPageWrites: row.full_page_writes,
      statementTimeoutMs: row.statement_timeout_ms,
      standbys: row.standbys,
      now: row.now,
    };
  },

  keyUse: async () => {
    const rows = await database.query<{ ring: KeyUse['ring']; key_id: string; count: number }>(undefined, KEY_USE);
    return rows.map(({ ring, key_id, count }) => ({ ring, keyId: key_id, count }));
  },

  unknownMigrations: async () => {
    const rows = await database.query<{ name: string }>(
      undefined,
      'select name from latchkey.migration where name <> all ($1::text[]) order by 1',
      [known],
    );
    return rows.map(({ name }) => name);
  },

  unsealed: async () => {
    const [row] = await database.query<{ count: number; oldest_ms: number }>(
      undefined,
      `select count(*)::int as count,
              coalesce(greatest(0, extract(epoch from clock_timestamp() - min(at)) * 1000), 0)::float8 as oldest_ms
         from latchkey.audit_unsealed`,
    );
    return { count: row?.count ?? 0, oldestMs: row?.oldest_ms ?? 0 };
  },

  partitionMonths: async () => {
    const rows = await database.query<{ month: string }>(undefined, MONTHS);
    return rows.map(({ month }) => month);
  },

  broken: async (patienceMs) => {
    const found: { name: string; invariant: string; count: number }[] = [];
    for (const { name, invariant, sql } of mustBeEmpty) {
      const rows = await database.query(undefined, sql, [patienceMs]);
      if (rows.length > 0) found.push({ name, invariant, count: rows.length });
    }
    return found;
  },
});
