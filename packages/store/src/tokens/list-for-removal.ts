import { msOf } from '../database/time.ts';
import type { TokenInUse } from './token-repository.ts';
import { TOKEN_COLUMNS, type TokenRow, toTokenRecord } from './token-rows.ts';

/** What the latest use of any of a token's secrets leaves to be said. */
const listInUse = (where: string): string => `
  select ${TOKEN_COLUMNS}, (count(*) over ())::float8 as total,
         ${msOf('u.last_used_at')} as used_at, u.last_used_address as used_address, u.last_used_client as used_client
    from latchkey.token t
    left join lateral (
      select s.last_used_at, s.last_used_address, s.last_used_client from latchkey.secret s
       where s.organization_id = t.organization_id and s.token_id = t.token_id and s.last_used_at is not null
       order by s.last_used_at desc limit 1
    ) u on true
   where t.organization_id = $1 and t.state <> 'revoked' and (t.expires_at is null or t.expires_at > $3::timestamptz)
     and ${where}
   order by t.last_used_at desc nulls last, t.token_id limit $4`;

export const LIST_OWNED = listInUse(`t.kind = 'personal' and t.owner_id = $2`);

/** By the member, or by a token of the member's. */
export const LIST_SERVICE_ISSUED_BY = listInUse(`t.kind = 'service' and (
  t.issuer_type = 'member' and t.issuer_id = $2 or t.issuer_type = 'token' and t.issuer_id in (
    select o.token_id from latchkey.token o where o.organization_id = $1 and o.owner_id = $2))`);

export interface InUseRow extends TokenRow {
  readonly total: number;
  readonly used_at: number | null;
  readonly used_address: string | null;
  readonly used_client: string | null;
}

export const toTokenInUse = (row: InUseRow): TokenInUse => ({
  ...toTokenRecord(row),
  // The secret knows it first: the token's own column may be a flush late.
  lastUsedAt: row.used_at ?? row.last_used_at,
  lastUsedAddress: row.used_address,
  lastUsedClient: row.used_client,
});
