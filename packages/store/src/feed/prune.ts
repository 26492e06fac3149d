import type { Database } from '../database/database.ts';

/** Rows of one slice: a short transaction, whatever has piled up. */
const SLICE = 5_000;

/**
 * Where nobody is registered, everything that is over may go: who registers later begins with a snapshot that has seen
 * it. Rows of another incarnation hold nothing up, and changes of one are pruned like any other: their transactions are
 * over, or never were, and their ids lie below every present snapshot's sooner or later.
 */
const PRUNE = `
  delete from latchkey.change
   where ctid = any (array (
     select c.ctid from latchkey.change c
      where c.xid < least(
              pg_snapshot_xmin(pg_current_snapshot()),
              (select min(pg_snapshot_xmin(v.applied)) from latchkey.verifier v, latchkey.incarnation i
                where i.id = 1 and v.incarnation = i.incarnation))
      order by c.xid limit ${SLICE}))
  returning 1`;

export const pruneChanges = async (database: Database): Promise<number> =>
  (await database.query(undefined, PRUNE)).length;
