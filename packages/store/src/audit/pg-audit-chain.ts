import type { Instant } from '@latchkey/core';
import type { Anchor, ChainedEvent, ChainStub, Seal, SealedEvent } from '@latchkey/core/audit';
import type { Database } from '../database/database.ts';
import { msOf, timeOf, timeOrNull } from '../database/time.ts';
import type { AuditChain, UnsealedEvent } from './audit-chain.ts';
import { monthOf } from './sealed-month.ts';

export const createAuditChain = (database: Database): AuditChain => ({
  take: async (tx, limit) => {
    const [lock] = await database.query<{ got: boolean }>(
      tx,
      `select pg_try_advisory_xact_lock(hashtextextended('latchkey.sealing', 0)) as got`,
    );
    if (lock?.got !== true) return null;
    return (await database.query<UnsealedRow>(tx, TAKE, [limit])).map(toUnsealed);
  },

  heads: async (tx, organizationIds) => {
    const rows = await database.query<{ organization_id: string; number: number; link: string; sealed_at: number }>(
      tx,
      `select organization_id, number::float8 as number, encode(link, 'hex') as link, ${msOf('sealed_at')} as sealed_at
         from latchkey.audit_chain where organization_id = any ($1::text[])`,
      [organizationIds],
    );
    return new Map(
      rows.map(({ organization_id, sealed_at, ...head }) => [organization_id, { ...head, sealedAt: sealed_at }]),
    );
  },

  append: async (tx, seals) => {
    if (seals.length === 0) return;
    // Made ahead by a job; but where jobs are away, or the clock has leapt, sealing must not wait for it.
    const months = [...new Set(seals.map(({ sealedAt }) => monthOf(sealedAt)))];
    await database.query(tx, 'select latchkey.make_audit_partition(m) from unnest($1::date[]) as m', [months]);
    await database.query(tx, APPEND, [JSON.stringify(seals.map(toRow))]);
  },

  unanchored: async (everyMs, limit) => {
    const rows = await database.query<AnchorRow>(
      undefined,
      `select organization_id, number::float8 as number, encode(link, 'hex') as link, encode(mac, 'hex') as mac, key_id,
              ${msOf('sealed_at')} as sealed_at
         from latchkey.audit_chain
        where anchored_number < number
          and (anchored_at is null or anchored_at <= clock_timestamp() - $1::float8 * interval '1 ms')
        order by organization_id limit $2`,
      [everyMs, limit],
    );
    return rows.map(
      ({ organization_id, number, link, mac, key_id, sealed_at }): Anchor => ({
        organizationId: organization_id,
        number,
        link,
        mac,
        keyId: key_id,
        sealedAt: sealed_at,
      }),
    );
  },

  noteAnchored: async (anchors) => {
    if (anchors.length === 0) return;
    await database.query(
      undefined,
      `update latchkey.audit_chain c set anchored_number = x.number, anchored_at = clock_timestamp()
         from unnest($1::text[], $2::bigint[]) as x (organization_id, number)
        where c.organization_id = x.organization_id and c.anchored_number < x.number`,
      [anchors.map(({ organizationId }) => organizationId), anchors.map(({ number }) => number)],
    );
  },

  read: (organizationId, after, limit) => readSealed(database, organizationId, { after, from: null, to: null }, limit),

  stubs: (organizationId) =>
    database.query<ChainStub & { readonly [column: string]: unknown }>(
      undefined,
      `select first_number::float8 as "firstNumber", last_number::float8 as "lastNumber",
              event_count::float8 as "eventCount", encode(last_link, 'hex') as "lastLink",
              ${msOf('last_sealed_at')} as "lastSealedAt", ${msOf('dropped_at')} as "droppedAt",
              encode(link, 'hex') as link, encode(mac, 'hex') as mac, key_id as "keyId"
         from latchkey.audit_stub where organization_id = $1 order by last_number`,
      [organizationId],
    ),

  readBetween: (organizationId, range, limit) => readSealed(database, organizationId, range, limit),

  findSealed: async (organizationId, eventIds, action) => {
    if (eventIds.length === 0) return new Map();
    const rows = await database.query<{ event_id: string; details: Readonly<Record<string, unknown>> }>(
      undefined,
      `select e.event_id, e.details from latchkey.audit_seal s
         join latchkey.audit_event e on e.organization_id = s.organization_id and e.at = s.at and e.event_id = s.event_id
              and e.sealed_month = s.sealed_month
        where s.organization_id = $1 and s.event_id = any ($2::uuid[]) and e.action = $3`,
      [organizationId, eventIds, action],
    );
    return new Map(rows.map(({ event_id, details }) => [event_id, details]));
  },

  findUnchained: async (organizationId, after, limit) => {
    const rows = await database.query<{ event_id: string; at: number; chained: boolean }>(undefined, UNCHAINED, [
      organizationId,
      after === null ? null : timeOf(after.at),
      after?.eventId ?? null,
      limit,
    ]);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return {
      eventIds: rows.filter(({ chained }) => !chained).map(({ event_id }) => event_id),
      last: last === undefined ? null : { at: last.at, eventId: last.event_id },
    };
  },

  waiting: async (organizationId) => {
    const [row] = await database.query<{ count: number; oldest: number | null }>(
      undefined,
      `select count(*)::float8 as count, ${msOf('min(at)')} as oldest from latchkey.audit_unsealed where organization_id = $1`,
      [organizationId],
    );
    return { count: row?.count ?? 0, oldestAt: row?.oldest ?? null };
  },
});

interface EventRow {
  readonly event_id: string;
  readonly at: number;
  /** `null`: there is no such event. */
  readonly actor_type: string | null;
  readonly actor_id: string;
  readonly action: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly reason: string | null;
  readonly address: string | null;
  readonly client: string | null;
  readonly request_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly salt: string | null;
  readonly erased_by: string | null;
}

type UnsealedRow = EventRow & { readonly organization_id: string };
type SealedRow = EventRow & {
  readonly number: number;
  readonly sealed_at: number;
  readonly personal_digest: string;
  readonly event_digest: string;
  readonly link: string;
  readonly mac: string;
  readonly key_id: string;
};
interface AnchorRow {
  readonly organization_id: string;
  readonly number: number;
  readonly link: string;
  readonly mac: string;
  readonly key_id: string;
  readonly sealed_at: number;
}

const EVENT = `e.actor_type, e.actor_id, e.action, e.target_type, e.target_id, e.reason, e.address, e.client,
  e.request_id, e.details, e.salt, e.erased_by`;

/**
 * Below the oldest transaction that is still running everything is decided, so that what is taken later was begun later:
 * numbers follow the order of transactions, and none appears before a number that was given. An id that lies above the
 * newest is of another cluster, from which these rows were restored: nothing of it is running here.
 */
const TAKE = `
  with due as (
    select organization_id, at, event_id from latchkey.audit_unsealed
     where xid < pg_snapshot_xmin(pg_current_snapshot()) or xid >= pg_snapshot_xmax(pg_current_snapshot())
     order by xid, at, event_id limit $1
  ), taken as (
    delete from latchkey.audit_unsealed u using due
     where u.organization_id = due.organization_id and u.at = due.at and u.event_id = due.event_id
    returning u.organization_id, u.at, u.event_id, u.xid
  )
  select t.organization_id, t.event_id, ${msOf('t.at')} as at, ${EVENT}
    from taken t
    left join latchkey.audit_event e on e.organization_id = t.organization_id and e.at = t.at and e.event_id = t.event_id
         and e.sealed_month = 'infinity'
   order by t.xid, t.at, t.event_id`;

/** The seals, with each event moved from where the unsealed are to the month of its seal, and the heads moved along. */
const APPEND = `
  with given as (
    select organization_id, number, to_timestamp(at / 1000)::timestamptz(3) as at, event_id,
           to_timestamp(sealed_at / 1000)::timestamptz(3) as sealed_at, sealed_month,
           decode(personal_digest, 'hex') as personal_digest, decode(event_digest, 'hex') as event_digest,
           decode(link, 'hex') as link, decode(mac, 'hex') as mac, key_id
      from jsonb_to_recordset($1::jsonb) as x (organization_id text, number bigint, at float8, event_id uuid,
        sealed_at float8, sealed_month date, personal_digest text, event_digest text, link text, mac text, key_id text)
  ), sealed as (
    insert into latchkey.audit_seal (organization_id, number, at, event_id, sealed_at, sealed_month, personal_digest,
      event_digest, link, mac, key_id)
    select organization_id, number, at, event_id, sealed_at, sealed_month, personal_digest, event_digest, link, mac, key_id
      from given
  ), moved as (
    update latchkey.audit_event e set sealed_month = g.sealed_month from given g
     where e.organization_id = g.organization_id and e.at = g.at and e.event_id = g.event_id
       and e.sealed_month = 'infinity'
  )
  insert into latchkey.audit_chain as c (organization_id, number, link, mac, key_id, sealed_at)
  select distinct on (organization_id) organization_id, number, link, mac, key_id, sealed_at
    from given order by organization_id, number desc
  on conflict (organization_id) do update
     set number = excluded.number, link = excluded.link, mac = excluded.mac, key_id = excluded.key_id,
         sealed_at = excluded.sealed_at`;

const READ = `
  select s.number::float8 as number, s.event_id, ${msOf('s.at')} as at, ${msOf('s.sealed_at')} as sealed_at,
         encode(s.personal_digest, 'hex') as personal_digest, encode(s.event_digest, 'hex') as event_digest,
         encode(s.link, 'hex') as link, encode(s.mac, 'hex') as mac, s.key_id, ${EVENT}
    from latchkey.audit_seal s
    left join latchkey.audit_event e on e.organization_id = s.organization_id and e.at = s.at and e.event_id = s.event_id
         and e.sealed_month = s.sealed_month
   where s.organization_id = $1 and s.number > $2::bigint
     and ($3::timestamptz is null or s.sealed_at >= $3 and s.sealed_month >= date_trunc('month', $3 at time zone 'UTC')::date)
     and ($4::timestamptz is null or s.sealed_at < $4 and s.sealed_month <= $4 at time zone 'UTC')
   order by s.number limit $5`;

const UNCHAINED = `
  select e.event_id, ${msOf('e.at')} as at,
         exists (select from latchkey.audit_seal s
                  where s.organization_id = e.organization_id and s.at = e.at and s.event_id = e.event_id
                    and s.sealed_month = e.sealed_month)
         or exists (select from latchkey.audit_unsealed u
                     where u.organization_id = e.organization_id and u.at = e.at and u.event_id = e.event_id) as chained
    from latchkey.audit_event e
   where e.organization_id = $1 and ($2::timestamptz is null or (e.at, e.event_id) > ($2, $3::uuid))
   order by e.at, e.event_id limit $4`;

const readSealed = async (
  database: Database,
  organizationId: string,
  { after, from, to }: { readonly after: number; readonly from: Instant | null; readonly to: Instant | null },
  limit: number,
): Promise<readonly SealedEvent[]> => {
  const rows = await database.query<SealedRow>(undefined, READ, [
    organizationId,
    after,
    timeOrNull(from),
    timeOrNull(to),
    limit,
  ]);
  return rows.map((row) => ({ seal: toSeal(row), event: toChainedEvent(row) }));
};

const toChainedEvent = (row: EventRow): ChainedEvent | null =>
  row.actor_type === null
    ? null
    : {
        eventId: row.event_id,
        at: row.at,
        actor: { type: row.actor_type, id: row.actor_id },
        action: row.action,
        target: { type: row.target_type, id: row.target_id },
        requestId: row.request_id,
        details: row.details,
        reason: row.reason,
        address: row.address,
        client: row.client,
        salt: row.salt,
        erasedBy: row.erased_by,
      };

const toUnsealed = (row: UnsealedRow): UnsealedEvent => ({
  organizationId: row.organization_id,
  eventId: row.event_id,
  at: row.at,
  event: toChainedEvent(row),
});

const toSeal = (row: SealedRow): Seal => ({
  number: row.number,
  eventId: row.event_id,
  at: row.at,
  sealedAt: row.sealed_at,
  personalDigest: row.personal_digest,
  eventDigest: row.event_digest,
  link: row.link,
  mac: row.mac,
  keyId: row.key_id,
});

const toRow = (seal: { readonly organizationId: string } & Seal) => ({
  organization_id: seal.organizationId,
  number: seal.number,
  at: seal.at,
  event_id: seal.eventId,
  sealed_at: seal.sealedAt,
  sealed_month: monthOf(seal.sealedAt),
  personal_digest: seal.personalDigest,
  event_digest: seal.eventDigest,
  link: seal.link,
  mac: seal.mac,
  key_id: seal.keyId,
});
