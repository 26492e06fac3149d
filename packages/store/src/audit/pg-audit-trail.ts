import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { Actor, AuditAction, AuditEvent, AuditTrail } from './audit-trail.ts';

interface Row {
  readonly event_id: string;
  readonly organization_id: string;
  readonly at: number;
  readonly actor_type: Actor['type'];
  readonly actor_id: string;
  readonly action: AuditAction;
  readonly target_type: AuditEvent['target']['type'];
  readonly target_id: string;
  readonly reason: string | null;
  readonly address: string | null;
  readonly client: string | null;
  readonly request_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const toEvent = (row: Row): AuditEvent => ({
  eventId: row.event_id,
  organizationId: row.organization_id,
  at: row.at,
  actor: { type: row.actor_type, id: row.actor_id },
  action: row.action,
  target: { type: row.target_type, id: row.target_id },
  reason: row.reason,
  address: row.address,
  client: row.client,
  requestId: row.request_id,
  details: row.details,
});

/** One parameter for all events: a bulk call writes thousands in one statement. */
const APPEND = `
  insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, reason,
    address, client, request_id, details)
  select x.organization_id, to_timestamp(x.at / 1000), x.actor_type, x.actor_id, x.action, x.target_type, x.target_id,
         x.reason, x.address, x.client, x.request_id, x.details
    from jsonb_to_recordset($1::jsonb) as x (organization_id text, at float8, actor_type text, actor_id text,
      action text, target_type text, target_id text, reason text, address text, client text, request_id text,
      details jsonb)`;

const append =
  (database: Database): AuditTrail['append'] =>
  async (tx, events) => {
    if (events.length === 0) return;
    const rows = events.map((event) => ({
      organization_id: event.organizationId,
      at: event.at,
      actor_type: event.actor.type,
      actor_id: event.actor.id,
      action: event.action,
      target_type: event.target.type,
      target_id: event.target.id,
      reason: event.reason,
      address: event.address,
      client: event.client,
      request_id: event.requestId,
      details: event.details,
    }));
    await database.query(tx, APPEND, [JSON.stringify(rows)]);
  };

export const createAuditTrail = (database: Database): AuditTrail => ({
  append: append(database),

  appendOnce: async (tx, event) => {
    const { organizationId, action, target } = event;
    const about = [organizationId, action, target.id];
    // No unique index could hold it: the trail is partitioned by the time of sealing.
    await database.query(tx, `select pg_advisory_xact_lock(hashtextextended('latchkey.audit_once ' || $1, 0))`, [
      JSON.stringify(about),
    ]);
    const found = await database.query(
      tx,
      'select 1 from latchkey.audit_event where organization_id = $1 and action = $2 and target_id = $3 limit 1',
      about,
    );
    if (found.length > 0) return false;
    await append(database)(tx, [event]);
    return true;
  },

  listHandOvers: async (organizationId, tokenIds) => {
    const rows = await database.query<{ target_id: string; to: string }>(
      undefined,
      `select distinct on (target_id) target_id, details ->> 'to' as to from latchkey.audit_event
        where organization_id = $1 and action = 'token.handed_over' and target_id = any ($2::text[])
          and details ->> 'to' is not null
        order by target_id, at desc`,
      [organizationId, tokenIds],
    );
    return rows.map(({ target_id, to }) => ({ tokenId: target_id, to }));
  },

  list: async (organizationId, page) => {
    const { text, values } = listStatement(organizationId, page);
    return (await database.query<Row>(undefined, text, values)).map(toEvent);
  },
});

/** Newest first. Each partition is read along one of its indexes, and no further than the page goes. */
export const listStatement = (
  organizationId: string,
  { filter, after, limit }: Parameters<AuditTrail['list']>[1],
): { readonly text: string; readonly values: readonly unknown[] } => {
  const values: unknown[] = [organizationId];
  const bind = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const where = ['organization_id = $1'];
  if (filter.action !== undefined) where.push(`action = ${bind(filter.action, 'text')}`);
  if (filter.actorId !== undefined) where.push(`actor_id = ${bind(filter.actorId, 'text')}`);
  if (filter.targetId !== undefined) where.push(`target_id = ${bind(filter.targetId, 'text')}`);
  if (filter.from !== undefined) where.push(`at >= ${bind(timeOf(filter.from), 'timestamptz')}`);
  if (filter.to !== undefined) where.push(`at < ${bind(timeOf(filter.to), 'timestamptz')}`);
  if (after !== undefined) {
    where.push(`(at, event_id) < (${bind(timeOf(after.at), 'timestamptz')}, ${bind(after.eventId, 'uuid')})`);
  }
  const text = `
  select event_id, organization_id, ${msOf('at')} as at, actor_type, actor_id, action, target_type, target_id,
         reason, address, client, request_id, details
    from latchkey.audit_event e where ${where.join(' and ')}
   order by e.at desc, e.event_id desc limit ${bind(Math.min(Math.max(limit, 1), 1_000), 'int')}`;
  return { text, values };
};
