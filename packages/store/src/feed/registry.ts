import type { Database } from '../database/database.ts';
import { msOf, NOW_MS } from '../database/time.ts';
import type { Registry } from './change-feed.ts';

interface Row {
  readonly current: string | null;
  readonly now: number;
  readonly verifier_id: string | null;
  readonly name: string;
  readonly incarnation: string;
  readonly applied: string;
  readonly polls: number;
  readonly polled_at: number;
}

/** One statement, so that incarnation and rows belong together. */
const READ = `
  select i.incarnation::text as current, ${NOW_MS} as now, v.verifier_id, v.name, v.incarnation::text,
         v.applied::text, v.polls::float8, ${msOf('v.polled_at')} as polled_at
    from (values (1)) one (id)
    left join latchkey.incarnation i on i.id = one.id
    left join latchkey.verifier v on true
   order by v.verifier_id`;

export const readRegistry = async (database: Database): Promise<Registry> => {
  const rows = await database.queryPrepared<Row>('feed-registry', READ, []);
  const [first] = rows;
  if (first === undefined) throw new TypeError('a statement that always has a row has none');
  return {
    incarnation: first.current,
    now: first.now,
    rows: rows.flatMap((row) =>
      row.verifier_id === null
        ? []
        : [
            {
              verifierId: row.verifier_id,
              name: row.name,
              incarnation: row.incarnation,
              applied: row.applied,
              polls: row.polls,
              polledAt: row.polled_at,
            },
          ],
    ),
  };
};
