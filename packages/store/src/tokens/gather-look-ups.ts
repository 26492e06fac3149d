import type { Database } from '../database/database.ts';
import { StoreUnavailable } from '../unit-of-work.ts';
import { LOOK_UP, LOOK_UP_MANY, type LookUpRow, toTokenLookup } from './look-up.ts';
import type { TokenLookup } from './token-repository.ts';

/** Ids of one statement. */
export const MAX_IDS = 64;
/** Statements under way at once: a look-up that finds them all busy waits for the first to end, with all that wait. */
export const LANES = 2;
/** The same while a whole statement's worth waits: the database has more processors, or one statement hangs. */
export const MAX_LANES = 4;
/** BOUNDED-WORK: look-ups that wait for a lane; there is no point in keeping more for a database that doesn't answer. */
export const MAX_WAITING = 10_000;

interface Waiting {
  readonly found: Promise<TokenLookup | null>;
  readonly resolve: (found: TokenLookup | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One look-up by itself is sent at once. Many at once are gathered: each of them pays a fraction of what it costs to start
 * a statement, on both sides, which is more than what it costs to read six rows by their keys. Every look-up is answered by
 * a statement that was sent after it was asked for, so it sees all that was committed before.
 */
export const gatherLookUps = (database: Database): ((tokenId: string) => Promise<TokenLookup | null>) => {
  const waiting = new Map<string, Waiting>();
  let busy = 0;

  const send = async (batch: ReadonlyMap<string, Waiting>): Promise<void> => {
    busy += 1;
    try {
      const found = await read(database, [...batch.keys()]);
      for (const [tokenId, { resolve }] of batch) resolve(found.get(tokenId) ?? null);
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    } finally {
      busy -= 1;
      sendNext();
    }
  };

  const sendNext = (): void => {
    while (waiting.size > 0 && busy < (waiting.size < MAX_IDS ? LANES : MAX_LANES)) {
      const batch = new Map<string, Waiting>();
      // Shared out among the lanes, so that this process reads the one's rows while the database looks for the other's.
      const share = waiting.size < 2 * LEAST_IDS ? waiting.size : Math.ceil(waiting.size / Math.max(1, LANES - busy));
      for (const [tokenId, one] of waiting) {
        if (batch.size === MAX_IDS || batch.size === share) break;
        batch.set(tokenId, one);
        waiting.delete(tokenId);
      }
      void send(batch);
    }
  };

  return (tokenId) => {
    // What can't be an id is nobody's; and PostgreSQL would refuse a NUL, for all that were gathered with it.
    if (!/^[0-9A-Za-z]{1,64}$/.test(tokenId)) return Promise.resolve(null);
    const asked = waiting.get(tokenId);
    // It has not been sent yet, so its answer is as new for this one.
    if (asked !== undefined) return asked.found;
    if (waiting.size >= MAX_WAITING) return Promise.reject(new StoreUnavailable('too many look-ups wait'));
    const { promise: found, resolve, reject } = Promise.withResolvers<TokenLookup | null>();
    waiting.set(tokenId, { found, resolve, reject });
    // Behind what is asked for in the same turn: those whom one statement has answered ask for their next ones together.
    if (waiting.size === 1 || waiting.size === MAX_IDS) process.nextTick(sendNext);
    return found;
  };
};

/**
 * A shorter array is filled with nulls, which lead nowhere. PostgreSQL keeps a plan for a statement only where it looks no
 * dearer than one made for the given values, and it takes an unknown array for ten long: a shorter one would be planned
 * anew each time, at ten times the cost of running it.
 */
const LEAST_IDS = 12;

const read = async (
  database: Database,
  tokenIds: readonly string[],
): Promise<ReadonlyMap<string, TokenLookup | null>> => {
  const [only, ...more] = tokenIds;
  if (only !== undefined && more.length === 0) {
    return new Map([[only, toTokenLookup(await database.queryPrepared<LookUpRow>('token-look-up', LOOK_UP, [only]))]]);
  }
  const padded = [...tokenIds, ...new Array<null>(Math.max(0, LEAST_IDS - tokenIds.length)).fill(null)];
  const rows = await database.queryPrepared<LookUpRow>('token-look-up-many', LOOK_UP_MANY, [padded]);
  const byToken = Map.groupBy(rows, ({ token_id }) => token_id);
  return new Map(Array.from(byToken, ([tokenId, ofToken]) => [tokenId, toTokenLookup(ofToken)]));
};
