import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { StillUsed, TokenRepository } from './token-repository.ts';

/** Uses are recorded a little late: whoever asks for a silence asks for minutes at least. */
const CUT_SILENT = `
  with due as (
    select s.organization_id, s.token_id, s.number from latchkey.secret s
     where s.cut_when_silent_ms is not null and not s.spent and s.accepted_until > $1::timestamptz
       and greatest(s.superseded_at, s.last_used_at) + s.cut_when_silent_ms * interval '1 ms' <= $1::timestamptz
       and exists (
         select 1 from latchkey.secret n
          where n.organization_id = s.organization_id and n.token_id = s.token_id and n.number > s.number
            and not n.spent and n.first_used_at is not null)
     order by s.organization_id, s.token_id, s.number limit $2 for no key update of s skip locked
  )
  update latchkey.secret s set accepted_until = $1 from due d
   where s.organization_id = d.organization_id and s.token_id = d.token_id and s.number = d.number
  returning s.organization_id, s.token_id, s.number`;

const STILL_USED = `
  select s.organization_id, s.token_id, t.name, s.number, ${msOf('s.accepted_until')} as accepted_until,
         ${msOf('s.last_used_at')} as last_used_at, s.last_used_address, s.last_used_client
    from latchkey.secret s
    join latchkey.token t on t.organization_id = s.organization_id and t.token_id = s.token_id
   where s.organization_id = $1 and not s.spent and s.accepted_until > $2 and s.accepted_until <= $3
     and s.last_used_at > s.superseded_at and t.state = 'active'
   order by s.accepted_until, s.token_id limit $4`;

interface StillUsedRow {
  readonly organization_id: string;
  readonly token_id: string;
  readonly name: string;
  readonly number: number;
  readonly accepted_until: number;
  readonly last_used_at: number;
  readonly last_used_address: string | null;
  readonly last_used_client: string | null;
}

const toStillUsed = (row: StillUsedRow): StillUsed => ({
  organizationId: row.organization_id,
  tokenId: row.token_id,
  name: row.name,
  secretNumber: row.number,
  acceptedUntil: row.accepted_until,
  lastUsedAt: row.last_used_at,
  lastUsedAddress: row.last_used_address,
  lastUsedClient: row.last_used_client,
});

/** How grace periods end, and what the use of a secret leaves that is not accepted any more. */
export const endSecrets = (
  database: Database,
): Pick<TokenRepository, 'endGrace' | 'cutSilentSecrets' | 'noteLateUse' | 'listStillUsed'> => ({
  endGrace: async (tx, organizationId, tokenId, at) => {
    const rows = await database.query(
      tx,
      `update latchkey.secret set accepted_until = $3
        where organization_id = $1 and token_id = $2 and accepted_until > $3 and not spent returning 1`,
      [organizationId, tokenId, timeOf(at)],
    );
    return rows.length;
  },

  cutSilentSecrets: async (tx, limit, now) => {
    const rows = await database.query<{ organization_id: string; token_id: string; number: number }>(tx, CUT_SILENT, [
      timeOf(now),
      limit,
    ]);
    return rows.map((row) => ({
      organizationId: row.organization_id,
      tokenId: row.token_id,
      secretNumber: row.number,
    }));
  },

  noteLateUse: async (tx, organizationId, tokenId, now) => {
    const rows = await database.query(
      tx,
      `update latchkey.token set late_used_at = $3
        where organization_id = $1 and token_id = $2
          and (late_used_at is null or late_used_at < $3::timestamptz - interval '1 hour') returning 1`,
      [organizationId, tokenId, timeOf(now)],
    );
    return rows.length > 0;
  },

  listStillUsed: async (organizationId, { from, to, limit }) => {
    const rows = await database.query<StillUsedRow>(undefined, STILL_USED, [
      organizationId,
      timeOf(from),
      timeOf(to),
      limit,
    ]);
    return rows.map(toStillUsed);
  },
});
