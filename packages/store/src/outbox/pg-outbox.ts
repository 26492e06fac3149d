import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import { type JobName, jobContracts } from './job-contracts.ts';
import type { Outbox, OutboxMessage } from './outbox.ts';

const MAX_ATTEMPTS = 10;

interface Row {
  readonly message_id: string;
  readonly organization_id: string;
  readonly name: JobName;
  readonly payload: OutboxMessage['payload'];
  readonly created_at: number;
  readonly attempts: number;
  readonly revival: number;
  readonly traceparent: string | null;
}

const COLUMNS = `m.message_id, m.organization_id, m.name, m.payload, ${msOf('m.created_at')} as created_at, m.attempts,
  m.revival, m.traceparent`;

const toMessage = (row: Row): OutboxMessage => ({
  messageId: row.message_id,
  organizationId: row.organization_id,
  name: row.name,
  payload: row.payload,
  createdAt: row.created_at,
  attempts: row.attempts,
  revival: row.revival,
  traceparent: row.traceparent,
});

/**
 * The claim is a time and not an open transaction: relaying talks to another system, and meanwhile a transaction would
 * hold back vacuum and a connection. The millisecond is for `timestamptz(3)`, which may have rounded up.
 */
const CLAIM = `
  with due as (
    select organization_id, message_id from latchkey.outbox_message
     where done_at is null and dead_at is null and next_attempt_at <= clock_timestamp() + interval '1 ms'
     order by next_attempt_at limit $1 for update skip locked
  )
  update latchkey.outbox_message m set next_attempt_at = clock_timestamp() + interval '30 s' from due
   where m.organization_id = due.organization_id and m.message_id = due.message_id
  returning ${COLUMNS}`;

interface LagRow {
  readonly name: string;
  readonly waiting: number;
  readonly waiting_ms: number;
  readonly unfinished: number;
  readonly unfinished_ms: number;
  readonly dead: number;
}

const age = (which: string): string =>
  `coalesce(floor(extract(epoch from clock_timestamp() - min(created_at) filter (where dead_at is null and ${which})) * 1000), 0)::float8`;

const LAG_BY_NAME = `
  select name, count(*) filter (where dead_at is null and relayed_at is null)::int as waiting,
         ${age('relayed_at is null')} as waiting_ms,
         count(*) filter (where dead_at is null and relayed_at is not null)::int as unfinished,
         ${age('relayed_at is not null')} as unfinished_ms,
         count(*) filter (where dead_at is not null)::int as dead
    from latchkey.outbox_message where done_at is null group by name order by name`;

/** NOTHING-LOST: looked at again after 30 s, and then each time after as long as it has been under way. */
const RELAYED = `
  relayed_at = coalesce(m.relayed_at, clock_timestamp()),
  next_attempt_at = clock_timestamp() + least(interval '10 min',
    greatest(interval '30 s', clock_timestamp() - coalesce(m.relayed_at, clock_timestamp())))`;

export const createOutbox = (database: Database, traceparent: () => string | null = () => null): Outbox => {
  const settle = async (messages: readonly OutboxMessage[], assignment: string, ids?: readonly string[]) => {
    const chosen = ids === undefined ? messages : messages.filter(({ messageId }) => ids.includes(messageId));
    if (chosen.length === 0) return 0;
    const rows = await database.query(
      undefined,
      `update latchkey.outbox_message m set ${assignment}
         from unnest($1::text[], $2::uuid[]) as x (organization_id, message_id)
        where m.organization_id = x.organization_id and m.message_id = x.message_id and m.done_at is null and m.dead_at is null
       returning 1`,
      [chosen.map(({ organizationId }) => organizationId), chosen.map(({ messageId }) => messageId)],
    );
    return rows.length;
  };

  const addAll: Outbox['addAll'] = async (tx, name, messages) => {
    if (messages.length === 0) return;
    // A payload that its reader would refuse is a bug of the writer: it fails here, with its cause.
    const payloads = messages.map(({ payload }) => JSON.stringify(jobContracts[name].parse(payload)));
    await database.query(
      tx,
      `insert into latchkey.outbox_message (organization_id, name, payload, traceparent)
       select x.organization_id, $1, x.payload::jsonb, $4
         from unnest($2::text[], $3::text[]) as x (organization_id, payload)`,
      [name, messages.map(({ organizationId }) => organizationId), payloads, traceparent()],
    );
    await database.query(tx, `select pg_notify('latchkey_outbox', '')`);
  };

  return {
    addAll,
    add: (tx, organizationId, name, payload) => addAll(tx, name, [{ organizationId, payload }]),

    relay: async (limit, relay) => {
      const claimed = await database.query<Row>(undefined, CLAIM, [limit]);
      const messages = claimed.map(toMessage).sort((a, b) => a.createdAt - b.createdAt);
      if (messages.length === 0) return 0;
      let outcome: Awaited<ReturnType<typeof relay>>;
      try {
        outcome = await relay(messages);
      } catch (error) {
        // NOTHING-LOST: a queue that can't be reached for a day must not turn messages into dead letters.
        await settle(messages, `next_attempt_at = clock_timestamp() + interval '5 s'`).catch(() => undefined);
        throw error;
      }
      await settle(
        messages,
        `attempts = m.attempts + 1,
         next_attempt_at = clock_timestamp() + least(interval '5 s' * power(2, m.attempts), interval '10 min'),
         dead_at = case when m.attempts + 1 >= ${MAX_ATTEMPTS} then clock_timestamp() end,
         dead_because = case when m.attempts + 1 >= ${MAX_ATTEMPTS} then 'no job could be made of it' end`,
        outcome.failed,
      );
      return settle(messages, RELAYED, outcome.relayed);
    },

    finish: async ({ organizationId, messageId }) => {
      const [row] = await database.query<{ ms: number }>(
        undefined,
        `update latchkey.outbox_message
            set done_at = clock_timestamp(), relayed_at = coalesce(relayed_at, clock_timestamp()), dead_at = null,
                dead_because = null
          where organization_id = $1 and message_id = $2 and done_at is null
         returning greatest(0, extract(epoch from done_at - created_at) * 1000)::float8 as ms`,
        [organizationId, messageId],
      );
      return row?.ms ?? null;
    },

    bury: async ({ organizationId, messageId }, because) => {
      await database.query(
        undefined,
        `update latchkey.outbox_message set dead_at = clock_timestamp(), dead_because = $3
          where organization_id = $1 and message_id = $2 and done_at is null and dead_at is null`,
        [organizationId, messageId, because],
      );
    },

    deadLetters: async (limit) => {
      const rows = await database.query<Row & { dead_at: number; dead_because: string | null }>(
        undefined,
        `select ${COLUMNS}, ${msOf('m.dead_at')} as dead_at, m.dead_because from latchkey.outbox_message m
          where m.dead_at is not null order by m.dead_at desc, m.message_id limit $1`,
        [limit],
      );
      return rows.map((row) => ({ ...toMessage(row), deadAt: row.dead_at, because: row.dead_because }));
    },

    revive: async (messageIds, tx) => {
      const rows = await database.query(
        tx,
        `update latchkey.outbox_message
            set dead_at = null, dead_because = null, attempts = 0, revival = revival + 1, relayed_at = null,
                next_attempt_at = clock_timestamp()
          where message_id = any($1::uuid[]) and dead_at is not null returning 1`,
        [messageIds],
      );
      if (rows.length > 0) await database.query(tx, `select pg_notify('latchkey_outbox', '')`);
      return rows.length;
    },

    removeDone: async (before, limit = 1_000) => {
      const rows = await database.query(
        undefined,
        `delete from latchkey.outbox_message where ctid = any (array (
           select ctid from latchkey.outbox_message where done_at < $1 order by done_at limit $2)) returning 1`,
        [timeOf(before), limit],
      );
      return rows.length;
    },

    lag: async () => {
      const rows = await database.query<{ count: number; oldest_ms: number; dead_count: number }>(
        undefined,
        `select count(*) filter (where dead_at is null)::int as count,
                count(*) filter (where dead_at is not null)::int as dead_count,
                coalesce(floor(extract(epoch from clock_timestamp() - min(created_at) filter (where dead_at is null)) * 1000), 0)::float8
                  as oldest_ms
           from latchkey.outbox_message where done_at is null and (relayed_at is null or dead_at is not null)`,
      );
      const row = rows[0];
      return { count: row?.count ?? 0, oldestMs: Math.max(row?.oldest_ms ?? 0, 0), deadCount: row?.dead_count ?? 0 };
    },

    lagByName: async () => {
      const rows = await database.query<LagRow>(undefined, LAG_BY_NAME);
      return rows.map((row) => ({
        name: row.name,
        waiting: { count: row.waiting, oldestMs: Math.max(0, row.waiting_ms) },
        unfinished: { count: row.unfinished, oldestMs: Math.max(0, row.unfinished_ms) },
        deadCount: row.dead,
      }));
    },
  };
};
