import type { Database } from '../database/database.ts';
import type { ChangeFeed } from './change-feed.ts';

export const createChangeFeed = (database: Database): ChangeFeed => ({
  append: async (tx, changes) => {
    if (changes.length === 0) return;
    await database.query(
      tx,
      `insert into latchkey.change (organization_id, subject, subject_id)
       select * from unnest($1::text[], $2::text[], $3::text[])`,
      [
        changes.map((change) => change.organizationId),
        changes.map((change) => change.subject),
        changes.map((change) => ('id' in change ? change.id : null)),
      ],
    );
    // Delivered after COMMIT, and only then; without content, because what is to be read is in the table.
    await database.query(tx, `select pg_notify('latchkey_change', '')`);
  },
});
