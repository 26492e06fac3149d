import type { Database } from '../database/database.ts';
import { NOW_MS } from '../database/time.ts';
import { StoreUnavailable } from '../unit-of-work.ts';
import type { Change, ChangeFeed, Poll, Registration } from './change-feed.ts';

/** BOUNDED-WORK: whoever has missed more than this begins anew, which costs less than hearing of each. */
export const MAX_CHANGES = 10_000;

type Following = Parameters<ChangeFeed['poll']>[0];

interface PollRow {
  readonly snapshot: string;
  readonly now: number;
  /** `null` where there is no change at all: the verifier's row, joined to nothing. */
  readonly subject: Change['subject'] | null;
  readonly organization_id: string;
  readonly subject_id: string | null;
}

/**
 * One statement, and every function in it takes the statement's own snapshot: `pg_current_snapshot()` is exactly what
 * `change` was read with. Two statements, or a volatile function that reads for itself, would lose what commits in between.
 *
 * `$1` verifier, `$2` incarnation, `$3` the snapshot of the poll before, `$4` what has been applied. Its own UPDATE changes
 * nothing of the snapshot, which was taken before it. The upper bound leaves out what a dump of another cluster has brought:
 * nothing of ours can be seen before its id is given out.
 */
const POLL = `
  with here as (
    update latchkey.verifier v
       set polls = v.polls + 1, applied = $4::pg_snapshot, polled_at = clock_timestamp()
      from latchkey.incarnation i
     where v.verifier_id = $1 and v.incarnation = $2::uuid and i.id = 1 and i.incarnation = v.incarnation
       and not pg_is_in_recovery()
    returning 1
  )
  select pg_current_snapshot()::text as snapshot, ${NOW_MS} as now, c.subject, c.organization_id, c.subject_id
    from here
    left join lateral (
      select distinct subject, organization_id, subject_id
        from latchkey.change
       where xid >= pg_snapshot_xmin($3::pg_snapshot) and not pg_visible_in_snapshot(xid, $3::pg_snapshot)
         and xid < pg_snapshot_xmax(pg_current_snapshot())
       limit ${MAX_CHANGES + 1}
    ) c on true`;

export const pollFeed = async (
  database: Database,
  { verifierId, incarnation, previous, applied }: Following,
): Promise<Poll | null> => {
  const rows = await database.queryPrepared<PollRow>('feed-poll', POLL, [verifierId, incarnation, previous, applied]);
  const [first] = rows;
  if (first === undefined || rows.length > MAX_CHANGES) return null;
  return { snapshot: first.snapshot, now: first.now, changes: rows.flatMap(toChange) };
};

const toChange = ({ subject, organization_id: organizationId, subject_id: id }: PollRow): readonly Change[] => {
  switch (subject) {
    case null:
      return [];
    case 'installation':
      return [{ subject }];
    case 'organization':
    case 'permissions':
      return [{ subject, organizationId }];
    case 'token':
    case 'owner':
      // The table's CHECK holds both to an id.
      return id === null ? [{ subject: 'organization', organizationId }] : [{ subject, organizationId, id }];
    case 'credential':
      return id === null ? [{ subject: 'installation' }] : [{ subject, id }];
    default:
      // FAIL-CLOSED: a newer release's subject, met in the middle of an upgrade, may concern anything.
      return [{ subject: 'installation' }];
  }
};

/**
 * Two statements, each committed by itself. The row is there for everybody before the snapshot is taken that the verifier
 * begins with: a prune, and a stop that reads the registry, either see the row or came before that snapshot. In one
 * statement a change could commit after the snapshot and be pruned, by somebody who doesn't see the row yet.
 *
 * The counter begins at the transaction's id: each poll takes an id and adds one, so a count never comes again, not under
 * the same name either, and who compares counts can't take a later life for an earlier one.
 */
export const registerVerifier = async (
  database: Database,
  { verifierId, name }: { readonly verifierId: string; readonly name: string },
  ensureIncarnation: () => Promise<string>,
): Promise<Registration> => {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const incarnation = await ensureIncarnation();
    await database.query(
      undefined,
      `insert into latchkey.verifier as v (verifier_id, name, incarnation, applied, polls)
       values ($1, $2, $3::uuid, pg_current_snapshot(), pg_current_xact_id()::text::bigint)
       on conflict (verifier_id) do update
         set name = excluded.name, incarnation = excluded.incarnation, applied = excluded.applied,
             polls = v.polls + 1, polled_at = clock_timestamp()`,
      [verifierId, name, incarnation],
    );
    const [begun] = await database.query<{ snapshot: string; now: number }>(
      undefined,
      `update latchkey.verifier v
          set applied = pg_current_snapshot(), polls = v.polls + 1, polled_at = clock_timestamp()
         from latchkey.incarnation i
        where v.verifier_id = $1 and v.incarnation = $2::uuid and i.id = 1 and i.incarnation = v.incarnation
       returning pg_current_snapshot()::text as snapshot, ${NOW_MS} as now`,
      [verifierId, incarnation],
    );
    if (begun !== undefined) return { incarnation, snapshot: begun.snapshot, now: begun.now };
  }
  throw new StoreUnavailable('the incarnation changes faster than a verifier can register');
};
