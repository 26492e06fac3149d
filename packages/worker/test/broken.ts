import { mustBeEmpty } from '@latchkey/store';
import { awaitUntil } from './await-until.ts';
import type { Installation } from './installation.ts';

/** What must never be found and is there: one line a query, with the rows. Everything must have come to rest before. */
export const findBroken = async ({ query }: Pick<Installation, 'query'>): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { name, sql } of mustBeEmpty) {
    const rows = await query(sql, [0]);
    if (rows.length > 0) found.push(`${name}: ${JSON.stringify(rows)}`);
  }
  return found;
};

/** Waits until no recorded work is left, neither in the outbox nor in a queue; what was given up doesn't count. */
export const untilAllDone = ({ query }: Pick<Installation, 'query'>, withinMs = 60_000): Promise<unknown> =>
  awaitUntil(
    'all recorded work is done',
    async () => {
      const left = await query(
        'select 1 from latchkey.outbox_message where done_at is null and dead_at is null limit 1',
      );
      return left.length === 0;
    },
    withinMs,
  );
