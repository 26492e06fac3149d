import type { QueryResultRow } from 'pg';
import { StoreClient } from '../database/client.ts';
import type { ConnectOptions } from '../database/connect.ts';
import type { Database } from '../database/database.ts';
import { rethrow } from '../database/failure.ts';
import { msOf } from '../database/time.ts';
import type { AuditRetention, DropAnswer, DroppablePart } from './audit-retention.ts';

/** A month of many millions of events is counted in some ten seconds. */
const LONG_MS = 600_000;

export const createAuditRetention = (
  database: Database,
  { url, applicationName }: Pick<ConnectOptions, 'url' | 'applicationName'>,
): AuditRetention => {
  /** One statement on a connection of its own: the pool's would be given up on after seconds. */
  const queryLong = async <Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> => {
    const client = new StoreClient({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: 10_000,
      statement_timeout: LONG_MS,
      query_timeout: LONG_MS + 1_000,
    });
    // Without a listener a lost connection would end the process; the query in flight fails by itself.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      return rethrow(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  return {
    facts: async () => {
      const [row] = await database.query<FactsRow>(undefined, FACTS);
      return {
        retentionDays: row?.retention_days ?? null,
        aheadMonths: row?.ahead ?? [],
        overdueMonths: row?.overdue ?? [],
        oldestUnsealedAt: row?.oldest_unsealed ?? null,
      };
    },

    makeAhead: async (monthCount) => {
      const [row] = await database.query<{ made: number }>(undefined, MAKE_AHEAD, [monthCount]);
      return row?.made ?? 0;
    },

    parts: async (month) => (await queryLong<PartRow>(PARTS, [month])).map(toPart),

    drop: async (month, stubs) => {
      const [row] = await queryLong<{ answer: DropAnswer }>(
        'select latchkey.drop_audit_partition($1::date, $2::jsonb) as answer',
        [month, JSON.stringify(stubs.map(toRow))],
      );
      if (row === undefined) throw new TypeError('a function answers');
      return row.answer;
    },
  };
};

interface FactsRow {
  readonly retention_days: number | null;
  readonly ahead: readonly string[];
  readonly overdue: readonly string[];
  readonly oldest_unsealed: number | null;
}

interface PartRow {
  readonly organization_id: string;
  readonly first_number: number;
  readonly last_number: number;
  readonly event_count: number;
  readonly link: string;
  readonly mac: string;
  readonly key_id: string;
  readonly sealed_at: number;
  readonly stub_link: string | null;
  readonly head_number: number;
  readonly head_link: string;
  readonly next_number: number | null;
  readonly next_event_id: string;
  readonly next_at: number;
  readonly next_sealed_at: number;
  readonly next_personal_digest: string;
  readonly next_event_digest: string;
  readonly next_link: string;
  readonly next_mac: string;
  readonly next_key_id: string;
}

const MONTHS = `
  select to_date(right(c.relname, 7), 'YYYY_MM') as month
    from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'latchkey.audit_seal'::regclass and c.relname ~ '^audit_seal_[0-9]{4}_[0-9]{2}$'`;

const FACTS = `
  with months as (${MONTHS}), installation as (select audit_retention_days as days from latchkey.installation),
  -- Months go in their order: what one organization holds holds those behind it.
  held as (
    select month from months m
     where exists (
       select from latchkey.settings o
        where (m.month + interval '1 month') at time zone 'UTC' + (o.chosen ->> 'auditKeptDays')::int * interval '24 hours'
                > clock_timestamp()
          and exists (select from latchkey.audit_seal s
                       where s.sealed_month = m.month and s.organization_id = o.organization_id)))
  select (select days from installation) as retention_days,
         array(select month::text from months where month > clock_timestamp() at time zone 'UTC' order by 1) as ahead,
         array(select month::text from months, installation
                where (month + interval '1 month') at time zone 'UTC' + days * interval '24 hours' <= clock_timestamp()
                  and not exists (select from held where held.month <= months.month)
                order by 1) as overdue,
         (select ${msOf('min(at)')} from latchkey.audit_unsealed) as oldest_unsealed`;

const MAKE_AHEAD = `
  select count(*) filter (where latchkey.make_audit_partition(m::date))::int as made
    from generate_series(date_trunc('month', clock_timestamp() at time zone 'UTC'),
           date_trunc('month', clock_timestamp() at time zone 'UTC') + $1::int * interval '1 month', interval '1 month') as m`;

const PARTS = `
  with sealed as (
    select organization_id, min(number) as first_number, max(number) as last_number
      from latchkey.audit_seal where sealed_month = $1::date group by 1
  ), counted as (
    select organization_id, count(*) as event_count from latchkey.audit_event where sealed_month = $1::date group by 1
  )
  select s.organization_id, s.first_number::float8 as first_number, s.last_number::float8 as last_number,
         coalesce(c.event_count, 0)::float8 as event_count, encode(l.link, 'hex') as link, encode(l.mac, 'hex') as mac,
         l.key_id, ${msOf('l.sealed_at')} as sealed_at,
         (select encode(b.link, 'hex') from latchkey.audit_stub b where b.organization_id = s.organization_id
           order by b.last_number desc limit 1) as stub_link,
         h.number::float8 as head_number, encode(h.link, 'hex') as head_link,
         n.number::float8 as next_number, n.event_id as next_event_id, ${msOf('n.at')} as next_at,
         ${msOf('n.sealed_at')} as next_sealed_at, encode(n.personal_digest, 'hex') as next_personal_digest,
         encode(n.event_digest, 'hex') as next_event_digest, encode(n.link, 'hex') as next_link,
         encode(n.mac, 'hex') as next_mac, n.key_id as next_key_id
    from sealed s
    join latchkey.audit_seal l
      on l.sealed_month = $1::date and l.organization_id = s.organization_id and l.number = s.last_number
    join latchkey.audit_chain h on h.organization_id = s.organization_id
    left join counted c on c.organization_id = s.organization_id
    left join latchkey.audit_seal n on n.organization_id = s.organization_id and n.number = s.last_number + 1`;

const toPart = (row: PartRow): DroppablePart => ({
  organizationId: row.organization_id,
  part: {
    firstNumber: row.first_number,
    lastNumber: row.last_number,
    eventCount: row.event_count,
    lastLink: row.link,
    lastSealedAt: row.sealed_at,
  },
  last: { link: row.link, mac: row.mac, keyId: row.key_id },
  next:
    row.next_number === null
      ? null
      : {
          number: row.next_number,
          eventId: row.next_event_id,
          at: row.next_at,
          sealedAt: row.next_sealed_at,
          personalDigest: row.next_personal_digest,
          eventDigest: row.next_event_digest,
          link: row.next_link,
          mac: row.next_mac,
          keyId: row.next_key_id,
        },
  head: { number: row.head_number, link: row.head_link },
  stubLinkBefore: row.stub_link,
});

const toRow = (stub: Parameters<AuditRetention['drop']>[1][number]) => ({
  organization_id: stub.organizationId,
  first_number: stub.firstNumber,
  last_number: stub.lastNumber,
  event_count: stub.eventCount,
  last_link: stub.lastLink,
  last_sealed_at: stub.lastSealedAt,
  dropped_at: stub.droppedAt,
  link: stub.link,
  mac: stub.mac,
  key_id: stub.keyId,
});
