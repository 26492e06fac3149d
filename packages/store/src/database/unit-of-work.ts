import { StoreUnavailable, type UnitOfWork } from '../unit-of-work.ts';
import type { Transactions } from './database.ts';
import { isCommitUnknown, isOutage, rethrow } from './failure.ts';

/** READ COMMITTED, PostgreSQL's default: COVERED-AT-ISSUE reads after a lock what was committed before it was given. */
export const createUnitOfWork = (transactions: Transactions): UnitOfWork => ({
  run: async (work) => {
    const { tx, em } = await transactions.open().catch(rethrow);
    let result: Awaited<ReturnType<typeof work>>;
    try {
      result = await work(tx);
      // What an embedded host has put into the entity manager, before COMMIT: its failures are known failures.
      await em.flush();
    } catch (error) {
      transactions.forget(tx);
      // A failing rollback says nothing new: without a COMMIT the server drops what was done.
      await em.rollback().catch(() => undefined);
      return rethrow(error);
    }
    transactions.forget(tx);
    try {
      await em.commit();
    } catch (error) {
      await em.rollback().catch(() => undefined);
      if (!isOutage(error)) throw error;
      throw new StoreUnavailable('the database went away during COMMIT', {
        cause: error,
        commitUnknown: isCommitUnknown(error),
      });
    }
    return result;
  },
});
