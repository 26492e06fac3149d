import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { StoreUnavailable } from '../unit-of-work.ts';
import type { Change, ChangeFeed, StopReceipt } from './change-feed.ts';
import { pollFeed, registerVerifier } from './follow.ts';
import { pruneChanges } from './prune.ts';
import { readRegistry } from './registry.ts';

export const createChangeFeed = (database: Database): ChangeFeed => ({
  append: (tx, changes) => appendChanges(database, tx, changes),
  incarnation: () => ensureIncarnation(database),
  renewIncarnation: async (tx) => {
    await database.query(tx, 'delete from latchkey.incarnation');
    await ensureIncarnation(database, tx);
  },
  register: (verifier) => registerVerifier(database, verifier, () => ensureIncarnation(database)),
  poll: (verifier) => pollFeed(database, verifier),
  deregister: async (verifierId) => {
    await database.query(undefined, 'delete from latchkey.verifier where verifier_id = $1', [verifierId]);
  },
  registry: () => readRegistry(database),
  removeStalled: async (verifierId, polls) => {
    // A poll that is just under way holds the row: the counter is compared once more when it has ended.
    const removed = await database.query(
      undefined,
      'delete from latchkey.verifier where verifier_id = $1 and polls = $2::bigint returning 1',
      [verifierId, polls],
    );
    return removed.length > 0;
  },
  prune: () => pruneChanges(database),
});

const appendChanges = async (database: Database, tx: Tx, changes: readonly Change[]): Promise<StopReceipt | null> => {
  if (changes.length === 0) return null;
  const [made] = await database.query<{ xid: string; incarnation: string | null }>(tx, APPEND, [
    changes.map((change) => ('organizationId' in change ? change.organizationId : '')),
    changes.map((change) => change.subject),
    changes.map((change) => ('id' in change ? change.id : null)),
  ]);
  if (made === undefined) throw new TypeError('a change has just been written and has no transaction');
  return { xid: made.xid, incarnation: made.incarnation ?? (await ensureIncarnation(database, tx)) };
};

/**
 * NOTIFY is delivered after COMMIT, and only then; without content, because what is to be read is in the table.
 *
 * DEAD-ON-RETURN: a stop that was answered and then lost in a crash would have been no stop. Whatever the server's or the
 * role's setting, this transaction waits for its commit record to be flushed, and for a synchronous standby's flush where
 * there is one; a stricter setting stays.
 */
const APPEND = `
  with made as (
    insert into latchkey.change (organization_id, subject, subject_id)
    select * from unnest($1::text[], $2::text[], $3::text[])
  )
  select pg_current_xact_id()::text as xid,
         (select incarnation::text from latchkey.incarnation where id = 1) as incarnation,
         pg_notify('latchkey_change', ''),
         case when current_setting('synchronous_commit') in ('off', 'local', 'remote_write')
              then set_config('synchronous_commit', 'on', true) end`;

/** Two statements: the row of somebody who was quicker is seen only by one that begins after its commit. */
const ensureIncarnation = async (database: Database, tx?: Tx): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    const [found] = await database.query<{ incarnation: string }>(
      tx,
      'select incarnation::text from latchkey.incarnation where id = 1',
    );
    if (found !== undefined) return found.incarnation;
    // Only where it is made and removed again under our eyes.
    if (attempt === 5) throw new StoreUnavailable('the incarnation changes faster than it can be read');
    await database.query(
      tx,
      'insert into latchkey.incarnation (id, incarnation) values (1, gen_random_uuid()) on conflict do nothing',
    );
  }
};
