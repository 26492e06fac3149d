import { msOf } from '../database/time.ts';
import type { OutOfBounds, TokenOutOfBounds } from './settings-repository.ts';

/**
 * $1 organization, $2 now, $3 and $4 whether an expiry is demanded of personal and of service tokens, $5 and $6 their
 * longest lifetimes in days, $7 idle days, $8 address ranges, $9 how many.
 */
export const LIST_OUT_OF_BOUNDS = `
  with judged as (
    select t.token_id, t.name, t.kind, t.owner_id, t.address_ranges, t.created_at, t.expires_at,
           t.expires_at is null and case t.kind when 'personal' then $3::boolean else $4::boolean end as expiry_missing,
           coalesce(t.expires_at > t.created_at
             + case t.kind when 'personal' then $5::float8 else $6::float8 end * interval '24 h', false) as lifetime,
           cardinality($8::text[]) > 0 and (cardinality(t.address_ranges) = 0 or exists (
             select 1 from unnest(t.address_ranges) r
              where not exists (select 1 from unnest($8::text[]) a where r::inet <<= a::inet))) as address,
           coalesce(t.state = 'active'
             and coalesce(t.last_used_at, t.created_at) < $2::timestamptz - $7::float8 * interval '24 h', false) as idle
      from latchkey.token t
     where t.organization_id = $1 and t.state <> 'revoked' and (t.expires_at is null or t.expires_at > $2::timestamptz)
  )
  select token_id, name, kind, owner_id, address_ranges, ${msOf('expires_at')} as expires_at,
         expiry_missing, lifetime, address, idle, (count(*) over ())::float8 as total
    from judged where expiry_missing or lifetime or address or idle
   order by created_at, token_id limit $9`;

export interface OutOfBoundsRow extends Readonly<Record<OutOfBounds, boolean>> {
  readonly token_id: string;
  readonly name: string;
  readonly kind: 'personal' | 'service';
  readonly owner_id: string | null;
  readonly address_ranges: readonly string[];
  readonly expires_at: number | null;
  readonly total: number;
}

const REASONS = ['expiry_missing', 'lifetime', 'address', 'idle'] as const satisfies readonly OutOfBounds[];

export const toTokenOutOfBounds = (row: OutOfBoundsRow): TokenOutOfBounds => ({
  tokenId: row.token_id,
  name: row.name,
  kind: row.kind,
  ownerId: row.owner_id,
  expiresAt: row.expires_at,
  addressRanges: row.address_ranges,
  because: REASONS.filter((reason) => row[reason]),
});
