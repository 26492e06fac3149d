/** A query that returns no row, whatever has happened to whichever program. */
export interface MustBeEmpty {
  /** What a row of it would be. */
  readonly name: string;
  /** The invariant that such a row breaks: docs/invariants.md. */
  readonly invariant: string;
  /**
   * Gives `organization_id` and `id`, and never more than 20 of them. $1: milliseconds for which work may be under way: 0
   * where everything has come to rest.
   */
  readonly sql: string;
}

const define = (name: string, invariant: string, ...parts: readonly string[]): MustBeEmpty => ({
  name,
  invariant,
  // Every statement takes the parameter, also where what it looks for is never allowed, not even for a moment.
  sql: `select organization_id, id from (${parts.join(' union all ')}) as broken where $1::float8 is not null order by 1, 2 limit 20`,
});

const SETTLED = `clock_timestamp() - $1::float8 * interval '1 ms'`;

// What retention has dropped can't be asked for: the trail answers for what came after its first event.
const REMEMBERED = `coalesce((select min(f.at) from latchkey.audit_event f where f.organization_id = t.organization_id), '-infinity')`;

const untold = (rows: string, at: string, action: string, id = 't.token_id'): string =>
  `select t.organization_id, ${id} as id from ${rows} and ${at} >= ${REMEMBERED} and not exists (
     select 1 from latchkey.audit_event e
      where e.organization_id = t.organization_id and e.target_id = ${id} and e.action = '${action}' and e.at = ${at})`;

const OF_TARGET = `e.organization_id = t.organization_id and e.target_id = t.token_id`;
const TURNS = `('token.issued', 'token.activated', 'token.deactivated', 'token.revoked')`;
const LATEST_TURN = `not exists (
  select 1 from latchkey.audit_event o
   where o.organization_id = e.organization_id and o.target_id = e.target_id and o.event_id <> e.event_id
     and o.action in ${TURNS} and o.at >= e.at)`;

const twice = (action: string, about: string): string =>
  `select organization_id, target_id as id from latchkey.audit_event
    where action = '${action}' and ${about} group by organization_id, target_id having count(*) > 1`;

/**
 * The one list of what must never be found in the database. Faults end with it, and `latchkey-server doctor` asks it.
 *
 * A token that is not there any more is left out on purpose: tombstones are purged, and the trail remembers them longer.
 */
export const mustBeEmpty: readonly MustBeEmpty[] = [
  define(
    'active personal tokens of removed members',
    'GATE-FIRST',
    `select t.organization_id, t.token_id as id from latchkey.token t
       join latchkey.owner_gate g on g.organization_id = t.organization_id and g.member_id = t.owner_id
      where t.kind = 'personal' and t.state <> 'revoked' and t.deactivated_because is distinct from 'owner_removed'
        and g.closed_at <= ${SETTLED}`,
  ),
  define(
    'changes of state without their audit event',
    'AUDIT-WITH-CAUSE',
    untold(`latchkey.token t where true`, 't.created_at', 'token.issued'),
    untold(`latchkey.token t where t.state = 'revoked'`, 't.revoked_at', 'token.revoked'),
    untold(`latchkey.token t where t.state = 'inactive'`, 't.deactivated_at', 'token.deactivated'),
    untold('latchkey.secret t where t.number > 1', 't.created_at', 'token.rotated'),
    untold('latchkey.owner_gate t where t.closed_at is not null', 't.closed_at', 'member.removed', 't.member_id'),
    `select t.organization_id, t.token_id as id from latchkey.token t
      where t.recorded_expiry >= ${REMEMBERED} and not exists (
        select 1 from latchkey.audit_event e where ${OF_TARGET} and e.action = 'token.expired'
           and (e.details ->> 'expiresAt')::timestamptz(3) = t.recorded_expiry)`,
  ),
  define(
    'audit events without the change of state that they tell of',
    'AUDIT-WITH-CAUSE',
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.revoked' and t.revoked_at is distinct from e.at`,
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.deactivated' and (t.state <> 'inactive' or t.deactivated_at <> e.at) and ${LATEST_TURN}`,
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.activated' and t.state <> 'active' and ${LATEST_TURN}`,
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.rotated' and not exists (
        select 1 from latchkey.secret s
         where s.organization_id = t.organization_id and s.token_id = t.token_id and s.created_at = e.at)`,
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.expired'
        and (t.recorded_expiry is null or (e.details ->> 'expiresAt')::timestamptz(3) > t.recorded_expiry)`,
    `select e.organization_id, e.target_id as id from latchkey.audit_event e
      where e.action = 'member.removed' and not exists (
        select 1 from latchkey.owner_gate g
         where g.organization_id = e.organization_id and g.member_id = e.target_id and g.mark > 0)`,
  ),
  define(
    'effects that happened twice',
    'ONE-EFFECT',
    twice('token.issued', 'true'),
    twice('token.revoked', 'true'),
    twice('token.deactivated', `details ->> 'because' = 'owner_removed'`),
    `select organization_id, target_id as id from latchkey.audit_event where action = 'token.expired'
      group by organization_id, target_id, details ->> 'expiresAt' having count(*) > 1`,
  ),
  define(
    'recorded work that is not done',
    'NOTHING-LOST',
    `select organization_id, message_id::text as id from latchkey.outbox_message
      where done_at is null and dead_at is null and created_at <= ${SETTLED}`,
  ),
  define(
    'two live secrets outside a grace period',
    'ONE-ROTATION',
    `select organization_id, token_id as id from latchkey.secret where superseded_at is null and not spent
      group by organization_id, token_id having count(*) > 1`,
    `select organization_id, token_id as id from latchkey.secret
      where not spent and (superseded_at is null or accepted_until > clock_timestamp())
      group by organization_id, token_id having count(*) > 2`,
  ),
  define(
    'reminders that were made twice',
    'ONE-REMINDER',
    `select organization_id, token_id as id from latchkey.reminder
      group by organization_id, token_id, kind, anchor, threshold_days, channel having count(*) > 1`,
    `select organization_id, payload ->> 'tokenId' as id from latchkey.outbox_message where name = 'deliver-reminder'
      group by organization_id, payload having count(*) > 1`,
    `select far.organization_id, far.token_id as id from latchkey.reminder far
       join latchkey.reminder near on near.organization_id = far.organization_id and near.token_id = far.token_id
        and near.kind = 'expiry' and near.anchor = far.anchor and near.channel = far.channel
        and near.threshold_days < far.threshold_days and near.created_at < far.created_at
      where far.kind = 'expiry'`,
  ),
  define(
    'terminal rows that came back',
    'TERMINAL',
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.revoked' and t.state <> 'revoked'`,
    `select t.organization_id, t.token_id as id from latchkey.audit_event e join latchkey.token t on ${OF_TARGET}
      where e.action = 'token.deactivated' and e.details ->> 'because' = 'owner_removed'
        and (t.state not in ('inactive', 'revoked') or t.deactivated_because is distinct from 'owner_removed')`,
    `select t.organization_id, t.token_id as id from latchkey.token t
       join latchkey.secret s on s.organization_id = t.organization_id and s.token_id = t.token_id
      where t.state = 'revoked' and not s.spent`,
    `select t.organization_id, t.token_id as id from latchkey.token t
       left join latchkey.owner_gate g on g.organization_id = t.organization_id and g.member_id = t.owner_id
      where t.owner_mark > coalesce(g.mark, 0)`,
  ),
];
