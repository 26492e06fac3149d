import { vi } from 'vitest';
import type { TestStore } from './open-test-store.ts';

/** Resolves once that many statements of this database wait for a lock. */
export const untilWaiting = (sql: TestStore['sql'], count = 1): Promise<void> =>
  vi.waitFor(
    async () => {
      const [row] = await sql<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if ((row?.waiting ?? 0) < count) throw new Error(`${row?.waiting} of ${count} wait`);
    },
    { timeout: 5_000, interval: 10 },
  );

/** A promise with its two ends outside. */
export const gate = () => Promise.withResolvers<void>();
