import pg from 'pg';

/** COMMIT was answered with ROLLBACK: a statement had failed and whoever sent it swallowed the error. */
export class TransactionAborted extends Error {
  override readonly name = 'TransactionAborted';
}

type Callback = (error: Error | null, result?: pg.QueryResult) => void;

/**
 * A connection that doesn't lie:
 * - `commit` of a failed transaction is an error; PostgreSQL only answers with another word (SQL-COMMIT, "Outputs");
 * - `begin` and `rollback` on a lost one succeed: Kysely gives a connection back to the pool after they have, and never
 *   where they threw, so that each lost transaction would cost the pool a place. What follows a lost `begin` fails;
 * - an error names its constraint and doesn't repeat the row ("Failing row contains …"): errors are logged (SECRET-ONCE);
 * - after the client's own time-out it is closed: a late answer must not reach the next one who borrows it, and who
 *   comes next must not wait behind a server that doesn't answer.
 */
export class StoreClient extends pg.Client {
  // The overloads of `query` can't be written as one signature; the pool and Kysely use the two forms that are told apart here.
  override query = ((...args: unknown[]): unknown => {
    const send = pg.Client.prototype.query as (...given: unknown[]) => unknown;
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      const check: Callback = (error, result) => this.#check(args[0], callback as Callback, error, result);
      return send.call(this, ...args.slice(0, -1), check);
    }
    const sent = send.call(this, ...args);
    if (!(sent instanceof Promise)) return sent;
    return new Promise((resolve, reject) => {
      const settle: Callback = (error, result) => (error ? reject(error) : resolve(result));
      sent.then(
        (result) => this.#check(args[0], settle, null, result),
        (error) => this.#check(args[0], settle, error),
      );
    });
  }) as pg.Client['query'];

  #check(statement: unknown, callback: Callback, error: Error | null, result?: pg.QueryResult): void {
    if (error === null || error === undefined) {
      const committed = statement !== 'commit' || result?.command === 'COMMIT';
      if (committed) callback(null, result);
      else callback(new TransactionAborted('nothing was committed: a statement of this transaction had failed'));
      return;
    }
    if (error instanceof pg.DatabaseError) error.detail = undefined;
    const lost = typeof statement === 'string' && /^(?:begin|start transaction|rollback)/.test(statement);
    // Closing it is what makes the server roll back.
    if (lost || error.message === 'Query read timeout') this.connection.stream.destroy();
    if (lost) callback(null, { command: '', rowCount: null, oid: 0, fields: [], rows: [] });
    else callback(error);
  }
}
