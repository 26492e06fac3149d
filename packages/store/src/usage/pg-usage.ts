import { ANY_RESOURCE, COUNTED, siblingsOf } from '@latchkey/core/usage';
import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { Usage } from './usage.ts';

const DAY = `($1::timestamptz at time zone 'UTC')::date`;

const KNOWN = `exists (
    select 1 from latchkey.decision_count u
     where u.organization_id = g.organization_id and u.token_id = g.token_id and u.day = ${DAY}
       and u.action = g.action and u.resource = g.resource and u.folded = g.folded)`;

/**
 * One step of folding: what isn't known and has no place below `limit` gets another action and resource. The places of
 * a token and day are those that are taken, `atLeast` of them, and then the newcomers', the most frequent first.
 */
const step = (from: string, atLeast: number, limit: number, action: string, resource: string): string => `
  select organization_id, token_id, held, pattern, stays as settled,
         case when stays then action else ${action} end as action,
         case when stays then resource else ${resource} end as resource,
         folded or not stays as folded, allowed, denied
    from (
      select j.*, known or greatest(held, ${atLeast}) + place <= ${limit} as stays
        from (
          select k.*, row_number() over (
                   partition by organization_id, token_id, known order by allowed + denied desc, action, resource, folded
                 ) as place
            from (select g.*, g.settled or ${KNOWN} as known from ${from} g) k
        ) j
    ) p`;

/** Rows that a step has made alike are one; where one of them has its place, so has it. */
const merged = (from: string): string => `
  select organization_id, token_id, held, min(pattern) as pattern, bool_or(settled) as settled, action, resource, folded,
         sum(allowed) as allowed, sum(denied) as denied
    from ${from} group by organization_id, token_id, held, action, resource, folded`;

const { requests, patterns, actions } = COUNTED;
const ANYTHING = `'${ANY_RESOURCE}'`;

// Sorted: two flushes that meet lock their rows in one order.
const RECORD = `
  with said as (
    select organization_id, token_id, pattern, action, resource, folded, sum(allowed) as allowed, sum(denied) as denied
      from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::bigint[], $9::bigint[])
        as s (organization_id, token_id, pattern, action, resource, folded, allowed, denied)
     where exists (
       select 1 from latchkey.token t where t.organization_id = s.organization_id and t.token_id = s.token_id)
     group by 1, 2, 3, 4, 5, 6
  ), held as (
    select organization_id, token_id, count(*) as held from latchkey.decision_count
     where (organization_id, token_id) in (select organization_id, token_id from said) and day = ${DAY}
     group by 1, 2
  ), given as (
    select s.*, false as settled, coalesce(h.held, 0) as held from said s left join held h using (organization_id, token_id)
  ), once as (${step('given', 0, requests, 'action', 'pattern')}
  ), once_merged as (${merged('once')}
  ), twice as (${step('once_merged', requests, requests + patterns, 'action', ANYTHING)}
  ), twice_merged as (${merged('twice')}
  ), thrice as (${step('twice_merged', requests + patterns, requests + patterns + actions, ANYTHING, ANYTHING)}
  )
  insert into latchkey.decision_count
         (organization_id, token_id, day, action, resource, folded, allowed_count, denied_count)
  select organization_id, token_id, ${DAY}, action, resource, folded, sum(allowed), sum(denied)
    from thrice group by 1, 2, 3, 4, 5, 6 order by 1, 2, 4, 5, 6
  on conflict (organization_id, token_id, day, action, resource, folded) do update
    set allowed_count = decision_count.allowed_count + excluded.allowed_count,
        denied_count = decision_count.denied_count + excluded.denied_count`;

const FIND = `
  select action, resource, folded, sum(allowed_count)::float8 as allowed, sum(denied_count)::float8 as denied,
         min(${msOf(`day::timestamp at time zone 'UTC'`)}) as since
    from latchkey.decision_count
   where organization_id = $2 and token_id = $3 and day >= ${DAY}
   group by action, resource, folded
   order by allowed desc, denied desc, action, resource, folded limit $4`;

interface CountedRow {
  readonly action: string;
  readonly resource: string;
  readonly folded: boolean;
  readonly allowed: number;
  readonly denied: number;
  readonly since: number;
}

export const createUsage = (database: Database): Usage => ({
  record: async (counted, at) => {
    if (counted.length === 0) return;
    await database.query(undefined, RECORD, [
      timeOf(at),
      counted.map(({ organizationId }) => organizationId),
      counted.map(({ tokenId }) => tokenId),
      counted.map(({ resource, folded }) => (folded ? resource : siblingsOf(resource))),
      counted.map(({ action }) => action),
      counted.map(({ resource }) => resource),
      counted.map(({ folded }) => folded),
      counted.map(({ allowedCount }) => allowedCount),
      counted.map(({ deniedCount }) => deniedCount),
    ]);
  },

  find: async (organizationId, tokenId, since, limit) => {
    const rows = await database.query<CountedRow>(undefined, FIND, [timeOf(since), organizationId, tokenId, limit]);
    return {
      requests: rows.map(({ action, resource, folded, allowed, denied }) => ({
        ...{ action, resource, folded },
        allowedCount: allowed,
        deniedCount: denied,
      })),
      since: rows.reduce<number | null>(
        (first, row) => (first === null ? row.since : Math.min(first, row.since)),
        null,
      ),
    };
  },

  removeBefore: async (before, limit) => {
    const rows = await database.query(
      undefined,
      `delete from latchkey.decision_count u
        using (select organization_id, token_id, day, action, resource, folded from latchkey.decision_count
                where day < ${DAY} order by day limit $2) x
        where u.organization_id = x.organization_id and u.token_id = x.token_id and u.day = x.day
          and u.action = x.action and u.resource = x.resource and u.folded = x.folded
       returning 1`,
      [timeOf(before), limit],
    );
    return rows.length;
  },
});
