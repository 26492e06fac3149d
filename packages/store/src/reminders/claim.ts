import { msOf } from '../database/time.ts';
import type { ReminderContent, ReminderName } from './reminders.ts';

/**
 * $1 to $6 the reminder, $7 now, $8 before which a claim is over. A reminder without a point is settled as that by the
 * same statement: between the scan and its delivery the token may have been rotated, revoked, extended or used.
 */
export const CLAIM = `
  with this as (
    select r.organization_id, r.token_id, r.kind, r.anchor, r.threshold_days, r.channel,
           coalesce(r.claimed_at > $8::timestamptz, false) as held,
           coalesce(t.state = 'active' and (t.expires_at is null or t.expires_at > $7::timestamptz) and not exists (
             select 1 from latchkey.owner_gate g where g.organization_id = t.organization_id
                and g.member_id = t.owner_id and g.closed_at is not null)
             and case r.kind
                   when 'expiry' then t.expires_at = r.anchor
                   when 'rotation' then n.created_at = r.anchor
                   -- Cut early, it does no harm any more.
                   when 'grace' then o.accepted_until = r.anchor and r.anchor > $7::timestamptz
                   else greatest(u.last_used_at, t.last_used_at) is not distinct from
                        case when r.anchor > t.created_at then r.anchor end
                 end, false) as has_point,
           t.name, t.kind as token_kind, coalesce(t.owner_id, case t.issuer_type when 'member' then t.issuer_id end) as member_id,
           t.expires_at, case r.kind when 'grace' then o.last_used_at else coalesce(u.last_used_at, t.last_used_at) end as last_used_at,
           case r.kind when 'grace' then o.last_used_address else u.last_used_address end as last_used_address,
           case r.kind when 'grace' then o.last_used_client else u.last_used_client end as last_used_client
      from latchkey.reminder r
      left join latchkey.token t on t.organization_id = r.organization_id and t.token_id = r.token_id
      left join lateral (
        select s.last_used_at, s.last_used_address, s.last_used_client from latchkey.secret s
         where s.organization_id = r.organization_id and s.token_id = r.token_id and s.last_used_at is not null
         order by s.last_used_at desc limit 1) u on true
      left join lateral (
        select s.created_at from latchkey.secret s
         where s.organization_id = r.organization_id and s.token_id = r.token_id
         order by s.number desc limit 1) n on true
      left join lateral (
        select s.accepted_until, s.last_used_at, s.last_used_address, s.last_used_client from latchkey.secret s
         where s.organization_id = r.organization_id and s.token_id = r.token_id and s.superseded_at is not null
           and not s.spent order by s.number desc limit 1) o on true
     where r.organization_id = $1 and r.token_id = $2 and r.kind = $3 and r.anchor = $4 and r.threshold_days = $5
       and r.channel = $6 and r.settled_at is null
     for no key update of r
  ), taken as (
    update latchkey.reminder r
       set claimed_at = case when x.has_point then $7::timestamptz else r.claimed_at end,
           settled_at = case when not x.has_point then $7::timestamptz end,
           settled_as = case when not x.has_point then 'pointless' end
      from this x
     where r.organization_id = x.organization_id and r.token_id = x.token_id and r.kind = x.kind and r.anchor = x.anchor
       and r.threshold_days = x.threshold_days and r.channel = x.channel and not x.held
  )
  select not held as claimed, name, token_kind, member_id, ${msOf('expires_at')} as expires_at,
         ${msOf('last_used_at')} as last_used_at, last_used_address, last_used_client
    from this where held or has_point`;

export interface ClaimRow {
  readonly claimed: boolean;
  readonly name: string;
  readonly token_kind: 'personal' | 'service';
  readonly member_id: string | null;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly last_used_address: string | null;
  readonly last_used_client: string | null;
}

export const toContent = (name: ReminderName, row: ClaimRow): ReminderContent => ({
  ...name,
  name: row.name,
  tokenKind: row.token_kind,
  memberId: row.member_id,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  lastUsedAddress: row.last_used_address,
  lastUsedClient: row.last_used_client,
});
