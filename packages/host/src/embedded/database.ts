import { type Clock, HostUnavailable, type Tx } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { RawBuilder } from 'kysely';
import type { PermissionKeeper } from '../permission-keeper.ts';

/** What the embedded directory needs of the composition: the key to its transactions, and a way to read outside one. */
export interface DirectoryDeps {
  /** The manager that runs inside this transaction; the store gives it. */
  readonly entityManagerOf: (tx: Tx) => EntityManager;
  /** A manager outside any transaction. */
  readonly entityManager: () => EntityManager;
  /** Dates a removal; where it is left out, the database's own clock does. */
  readonly clock?: Clock;
  /** Where it is left out, what permissions were is forgotten with each write. */
  readonly keeper?: PermissionKeeper;
}

// SQLSTATEs (PostgreSQL, appendix A) of a server that can't serve now: connections, no entry, a standby, deadlock, resources,
// time-outs, shutdown, its own I/O. What is no SQLSTATE at all comes from the network or from the driver.
const outage = /^(?:08|28|3D000|25006|40001|40P01|53|57|55P03|58)/;
const sqlState = /^[0-9A-Z]{5}$/;

const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return !sqlState.test(code) || outage.test(code);
};

// PostgreSQL stores no NUL, and a transaction that has sent one is lost.
const isStorable = (value: unknown): boolean =>
  [value].flat().every((part) => typeof part !== 'string' || !part.includes('\0'));

const run = async <Row>(em: EntityManager, statement: RawBuilder<Row>, unstorable: () => readonly Row[]) => {
  try {
    await em.getConnection().ensureConnection();
    const kysely = em.getKysely<Record<never, never>>();
    const compiled = statement.compile(kysely);
    if (!compiled.parameters.every(isStorable)) return unstorable();
    return (await kysely.executeQuery<Row>(compiled)).rows;
  } catch (error) {
    if (isOutage(error)) throw new HostUnavailable('The embedded directory cannot be asked', { cause: error });
    throw error;
  }
};

/**
 * Runs one SELECT with bound values; gives its rows as plain data. Not through the manager's identity map, which, in a
 * transaction that has read a row before, gives that row again instead of what is committed now (COVERED-AT-ISSUE).
 * @throws HostUnavailable where the database can't be asked (FAIL-CLOSED). Its other refusals pass as they are.
 */
export const select = <Row>(em: EntityManager, statement: RawBuilder<Row>): Promise<readonly Row[]> =>
  run(em, statement, () => []);

/**
 * Runs one statement that writes; gives what it returns.
 * @throws RangeError for a text with NUL; HostUnavailable as `select` does.
 */
export const write = <Row>(em: EntityManager, statement: RawBuilder<Row>): Promise<readonly Row[]> =>
  run(em, statement, () => {
    throw new RangeError('A text holds NUL, which the directory cannot store');
  });

/** The caller's transaction where there is one: what it has written is seen, and what it has locked holds. */
export const managerFor = (deps: DirectoryDeps, tx: Tx | undefined): EntityManager =>
  tx === undefined ? deps.entityManager() : deps.entityManagerOf(tx);
