/**
 * Every statement looks at one page of what an index gives in order, `$limit` rows whether due or not, and makes the
 * reminders that are missing. Who is second in a race finds the row there (`on conflict`), and makes nothing (ONE-REMINDER).
 */
const page = (candidates: string, told: string): string => `
  with page as (${candidates}),
  due as (
    select p.* from page p
     where p.due and not exists (
       select 1 from latchkey.reminder r
        where r.organization_id = $1 and r.token_id = p.token_id and r.anchor = p.at and ${told})
  ),
  made as (
    insert into latchkey.reminder (organization_id, token_id, kind, anchor, threshold_days, channel, created_at)
    select $1::text, d.token_id, d.kind, d.at, $2::int, c.channel, $3::timestamptz
      from due d cross join unnest($4::text[]) as c (channel)
    on conflict do nothing returning token_id, kind, anchor, channel
  )
  select (select count(*) from page)::int as looked_at,
         (select round(date_part('epoch', at) * 1000) from page order by at desc, token_id desc limit 1) as last_at,
         (select token_id from page order by at desc, token_id desc limit 1) as last_id,
         coalesce((select jsonb_agg(jsonb_build_object('tokenId', token_id, 'kind', kind, 'channel', channel,
           'anchor', round(date_part('epoch', anchor) * 1000))) from made), '[]') as made`;

/** Nobody is told of a token whose owner was removed: it is refused already. */
const GATE_OPEN = `not exists (
  select 1 from latchkey.owner_gate g
   where g.organization_id = t.organization_id and g.member_id = t.owner_id and g.closed_at is not null)`;

/** $1 organization, $2 threshold, $3 now, $4 channels, $5 and $6 the last one looked at, $7 limit, $8 nearer threshold. */
export const EXPIRY = page(
  `select t.token_id, t.expires_at as at, 'expiry' as kind,
          t.state = 'active' and t.created_at < t.expires_at - $2::int * interval '24 h' and ${GATE_OPEN} as due
     from latchkey.token t
    where t.organization_id = $1::text and t.expires_at > $3::timestamptz + $8::int * interval '24 h'
      and t.expires_at <= $3::timestamptz + $2::int * interval '24 h'
      and (t.expires_at, t.token_id) > ($5::timestamptz, $6::text)
    order by t.expires_at, t.token_id limit $7::int`,
  // A threshold that is nearer has told it, where a clock was set back.
  `r.kind = 'expiry' and r.threshold_days <= $2`,
);

export const ROTATION = page(
  `select s.token_id, s.created_at as at, 'rotation' as kind,
          t.state = 'active' and (t.expires_at is null or t.expires_at > $3::timestamptz) and ${GATE_OPEN} as due
     from latchkey.secret s
     join latchkey.token t on t.organization_id = s.organization_id and t.token_id = s.token_id
    where s.organization_id = $1 and s.superseded_at is null and not s.spent
      and s.created_at <= $3::timestamptz - $2::int * interval '24 h'
      and (s.created_at, s.token_id) > ($5::timestamptz, $6::text)
    order by s.created_at, s.token_id limit $7::int`,
  `r.kind = 'rotation' and r.threshold_days = $2`,
);

/** $8 idle since. */
const idleness = (since: string, condition: string): string =>
  page(
    `select t.token_id, ${since} as at, 'idle' as kind,
            (t.expires_at is null or t.expires_at > $3::timestamptz) and ${GATE_OPEN} as due
       from latchkey.token t
      where t.organization_id = $1::text and t.state = 'active' and ${condition} and ${since} <= $8::timestamptz
        and (${since}, t.token_id) > ($5::timestamptz, $6::text)
      order by ${since}, t.token_id limit $7::int`,
    `r.kind = 'idle' and r.threshold_days = $2`,
  );

/** Two statements, because each has an index of its own: a token that was never used is idle since its issue. */
export const IDLE_SINCE_USE = idleness('t.last_used_at', 't.last_used_at is not null');
export const IDLE_SINCE_ISSUE = idleness('t.created_at', 't.last_used_at is null');

/** Of two secrets one is superseded: a token stands here once. */
export const GRACE_END = page(
  `select s.token_id, s.accepted_until as at, 'grace' as kind,
          s.last_used_at > s.accepted_until - (s.accepted_until - s.superseded_at) / 2
            and $3::timestamptz >= s.accepted_until - (s.accepted_until - s.superseded_at) / 4
            and t.state = 'active' and (t.expires_at is null or t.expires_at > $3::timestamptz) and ${GATE_OPEN} as due
     from latchkey.secret s
     join latchkey.token t on t.organization_id = s.organization_id and t.token_id = s.token_id
    where s.organization_id = $1::text and s.superseded_at is not null and not s.spent
      and s.accepted_until > $3::timestamptz and (s.accepted_until, s.token_id) > ($5::timestamptz, $6::text)
    order by s.accepted_until, s.token_id limit $7::int`,
  `r.kind = 'grace'`,
);
