import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { Housekeeping } from './housekeeping.ts';

// SKIP LOCKED: a row that is locked at this moment is found by the next tick.
const RECORD_EXPIRIES = `
  with due as (
    select organization_id, token_id from latchkey.token
     where organization_id = $1 and state <> 'revoked' and recorded_expiry is distinct from expires_at
       and expires_at <= $2::timestamptz
     order by expires_at limit $3 for no key update skip locked
  )
  update latchkey.token t set recorded_expiry = t.expires_at from due d
   where t.organization_id = d.organization_id and t.token_id = d.token_id
  returning t.organization_id, t.token_id, ${msOf('t.expires_at')} as expires_at`;

/** The token's own time of use may be a flush late; its secrets' are what counts before something is ended by it. */
const DEACTIVATE_IDLE = `
  with slice as (
    select t.token_id, coalesce(t.last_used_at, t.created_at) as idle_since from latchkey.token t
     where t.organization_id = $1 and t.state = 'active' and coalesce(t.last_used_at, t.created_at) <= $3::timestamptz
       and exists (
         select 1 from latchkey.reminder r
          where r.organization_id = $1 and r.token_id = t.token_id and r.kind = 'idle' and r.threshold_days = $2
            and r.anchor = coalesce(t.last_used_at, t.created_at) and r.created_at <= $4::timestamptz)
       and not exists (
         select 1 from latchkey.secret s
          where s.organization_id = $1 and s.token_id = t.token_id and s.last_used_at > $3::timestamptz)
     order by t.token_id limit $5 for update of t
  ), warnings as (
    delete from latchkey.reminder r using slice s
     where r.organization_id = $1 and r.token_id = s.token_id and r.kind = 'idle'
  )
  update latchkey.token t
     set state = 'inactive', deactivated_at = $6, deactivated_because = 'idle', revision = t.revision + 1
    from slice s where t.organization_id = $1 and t.token_id = s.token_id
  returning t.organization_id, t.token_id, ${msOf('s.idle_since')} as idle_since`;

export const createHousekeeping = (database: Database): Housekeeping => ({
  recordExpiries: async (tx, organizationId, limit, now) => {
    const rows = await database.query<{ organization_id: string; token_id: string; expires_at: number }>(
      tx,
      RECORD_EXPIRIES,
      [organizationId, timeOf(now), limit],
    );
    return rows.map((row) => ({
      organizationId: row.organization_id,
      tokenId: row.token_id,
      expiresAt: row.expires_at,
    }));
  },

  deactivateIdle: async (tx, { organizationId, thresholdDays, idleSince, warnedBy, limit, now }) => {
    const rows = await database.query<{ organization_id: string; token_id: string; idle_since: number }>(
      tx,
      DEACTIVATE_IDLE,
      [organizationId, thresholdDays, timeOf(idleSince), timeOf(warnedBy), limit, timeOf(now)],
    );
    return rows.map((row) => ({
      organizationId: row.organization_id,
      tokenId: row.token_id,
      idleSince: row.idle_since,
    }));
  },

  removeEndedSessions: async (limit) => {
    const [row] = await database.query<{ count: number }>(
      undefined,
      'select latchkey.remove_ended_sessions($1) as count',
      [limit],
    );
    return row?.count ?? 0;
  },

  purgeTombstones: async (organizationId, keptDays, limit) => {
    const [row] = await database.query<{ count: number }>(
      undefined,
      'select latchkey.purge_tombstones($1, $2, $3) as count',
      [organizationId, keptDays, limit],
    );
    return row?.count ?? 0;
  },
});
