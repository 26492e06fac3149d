import { StoreUnavailable } from '../unit-of-work.ts';

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** What pg and its pool say in words only. */
const LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after|driver has already been destroyed|The server does not support SSL)/;

/**
 * SQLSTATEs after which trying again is the caller's best hope (PostgreSQL, appendix A): connections (08), no entry
 * (28, 3D000), a standby (25006), deadlock and serialization (40), resources (53), statement or lock time-out
 * (57014, 55P03), shutdown and recovery (57P), the server's own I/O (58). 0A000 is how a standby refuses an UNLOGGED
 * table: verifications and polls are the primary's to answer.
 */
const OUTAGE = /^(?:08|0A000|28|3D000|25006|40001|40P01|53|57014|57P|55P03|58)/;

interface Coded {
  readonly code?: unknown;
  readonly message?: unknown;
}

const codeOf = (error: unknown): string => {
  const code = (error as Coded | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** The SQLSTATE of an error that the database itself sent, else the empty text. */
export const sqlStateOf = (error: unknown): string => (/^[0-9A-Z]{5}$/.test(codeOf(error)) ? codeOf(error) : '');

const isLost = (error: unknown): boolean => {
  const message = (error as Coded | null)?.message;
  return NETWORK.has(codeOf(error)) || (typeof message === 'string' && LOST.test(message));
};

/** FAIL-CLOSED: an outage gets its own class, so that nobody takes it for an empty answer. */
export const isOutage = (error: unknown): boolean =>
  error instanceof StoreUnavailable || OUTAGE.test(sqlStateOf(error)) || isLost(error);

/** Where the server went away in the middle of COMMIT, only a later look can tell whether it happened. */
export const isCommitUnknown = (error: unknown): boolean => isLost(error) || /^(?:08|57P|58)/.test(sqlStateOf(error));

/** Rethrows: an outage as `StoreUnavailable`, anything else as it is. */
export const rethrow = (error: unknown): never => {
  if (error instanceof StoreUnavailable || !isOutage(error)) throw error;
  throw new StoreUnavailable('the database can not be asked', { cause: error });
};
