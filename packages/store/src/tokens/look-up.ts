import { NOW_MS } from '../database/time.ts';
import { readPermissions } from './shared-permissions.ts';
import type { TokenLookup } from './token-repository.ts';
import {
  LOOKED_UP_SECRET,
  LOOKED_UP_TOKEN,
  type LookedUpSecretRow,
  type LookedUpTokenRow,
  toLookedUpSecret,
  toLookedUpToken,
} from './token-rows.ts';

/** Secrets that one look-up brings at most (BOUNDED-WORK): those longest superseded can't match anything that is live. */
const MAX_SECRETS = 16;

interface Source {
  /** What the ids and organizations come from. */
  readonly from: string;
  readonly id: string;
  readonly where: string;
}

/**
 * Token, secrets, gate, marks, incarnation and the clock in one statement, one row for each secret (GATE-FIRST: one
 * snapshot). The first three characters of an id lead to the organizations that it may be of. OFFSET 0 keeps the planner
 * from looking for the id in all organizations.
 */
const lookUp = ({ from, id, where }: Source): string => `
  select ${LOOKED_UP_TOKEN}, ${LOOKED_UP_SECRET},
         (select mark::float8 from latchkey.installation where id = 1) as current_installation_mark,
         (select incarnation::text from latchkey.incarnation where id = 1) as incarnation,
         o.mark::float8 as current_organization_mark,
         coalesce(g.mark, 0)::float8 as current_owner_mark, g.closed_at is not null as owner_gate_closed,
         ${NOW_MS} as now
    from ${from}
   cross join lateral (
      select * from latchkey.token y where y.organization_id = o.organization_id and y.token_id = ${id} offset 0
    ) t
    left join latchkey.owner_gate g on g.organization_id = t.organization_id and g.member_id = t.owner_id
    left join lateral (
      select * from latchkey.secret x
       where x.organization_id = t.organization_id and x.token_id = t.token_id
       order by x.number desc limit ${MAX_SECRETS}
    ) s on true
   where ${where}`;

export const LOOK_UP = lookUp({
  from: 'latchkey.organization o',
  id: '$1',
  where: 'o.routing_key = left($1, 3)',
});

/** For a row that is locked already: FOR SHARE can't stand where rows are nullable. */
export const LOOK_UP_OF_ORGANIZATION = lookUp({
  from: 'latchkey.organization o',
  id: '$1',
  where: 'o.organization_id = $2',
});

/** `$1` is an array. To start this plan costs more than to read by it: many at once share that. */
export const LOOK_UP_MANY = lookUp({
  from: 'unnest($1::text[]) a (id) join latchkey.organization o on o.routing_key = left(a.id, 3)',
  id: 'a.id',
  where: 'true',
});

export interface LookUpRow extends LookedUpTokenRow, Partial<LookedUpSecretRow> {
  readonly permissions: string;
  readonly current_installation_mark: number;
  readonly current_organization_mark: number;
  readonly current_owner_mark: number;
  readonly owner_gate_closed: boolean;
  readonly incarnation: string | null;
  readonly now: number;
}

export const toTokenLookup = (rows: readonly LookUpRow[]): TokenLookup | null => {
  const first = rows[0];
  if (first === undefined) return null;
  // FAIL-CLOSED: two organizations of one routing key with the same id; nobody could say which is meant.
  if (rows.some((row) => row.organization_id !== first.organization_id)) return null;
  return {
    token: toLookedUpToken(first, readPermissions(first.permissions)),
    // Sorted here: in the statement it costs as much as reading a row.
    secrets: rows
      .filter((row): row is LookUpRow & LookedUpSecretRow => typeof row.s_number === 'number')
      .sort((a, b) => b.s_number - a.s_number)
      .map(toLookedUpSecret),
    marks: {
      installation: first.current_installation_mark,
      organization: first.current_organization_mark,
      owner: first.current_owner_mark,
    },
    ownerGateClosed: first.owner_gate_closed,
    coherence: { incarnation: first.incarnation },
    now: first.now,
  };
};
