import type { Tx } from '@latchkey/core';

/** Runs work inside one database transaction: all of it commits, or nothing does (AUDIT-WITH-CAUSE). */
export interface UnitOfWork {
  /**
   * Commits when `work` resolves, rolls back when it throws, and throws what it threw. Isolation is READ COMMITTED:
   * every statement sees what was committed before it began, which the issuer's pin relies on (COVERED-AT-ISSUE).
   * @throws StoreUnavailable where the database can't be asked; nothing was committed, unless `commitUnknown` is set.
   */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** The database can't be asked. 503, never 401 (FAIL-CLOSED). */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  /** The connection was lost while COMMIT was under way: whether it happened isn't known. */
  readonly commitUnknown: boolean;
  constructor(message: string, options: ErrorOptions & { readonly commitUnknown?: boolean } = {}) {
    super(message, options);
    this.commitUnknown = options.commitUnknown ?? false;
  }
}
