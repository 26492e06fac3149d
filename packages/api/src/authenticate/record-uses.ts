import { parseAddress } from '@latchkey/core/lifecycle';
import { redactTokens } from '@latchkey/core/token';
import type { SecretUse, Store } from '@latchkey/store';
import type { Logger } from 'pino';

/** Collects when secrets were last accepted, and writes that down in batches: never in the request that used them. */
export interface UseRecorder {
  note(use: SecretUse): void;
  /** From now on writes down regularly, also what the verifier of this process has noted. */
  begin(): void;
  /** Writes down what is left. */
  close(): Promise<void>;
}

/** For programs that accept no token. */
export const noUses: UseRecorder = { note: () => undefined, begin: () => undefined, close: async () => undefined };

const BATCH = 1_000;
const MAX_CLIENT_LENGTH = 256;

/**
 * Last uses are at most `everyMs` late (10 seconds where left out). What a crash or an outage loses is lost: it says when
 * a token was used, and decides nothing. Bounded: of each secret only the latest use is kept, and of `maxCount` secrets.
 */
export const createUseRecorder = (deps: {
  readonly store: Pick<Store, 'tokens'>;
  readonly logger: Logger;
  /** The verifier's own notes, up to a number of them. */
  readonly takeUses?: (limit: number) => readonly SecretUse[];
  readonly everyMs?: number;
  readonly maxCount?: number;
}): UseRecorder => {
  const { everyMs = 10_000, maxCount = 100_000, takeUses = () => [] } = deps;
  let latest = new Map<string, SecretUse>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const writeBatch = async (uses: readonly SecretUse[]): Promise<void> => {
    try {
      await deps.store.tokens.recordUses(uses.map(fit));
    } catch (error) {
      deps.logger.warn({ err: error, lost: uses.length }, 'last uses were not recorded');
    }
  };
  const write = async (): Promise<void> => {
    const uses = [...latest.values()];
    latest = new Map();
    for (let at = 0; at < uses.length; at += BATCH) await writeBatch(uses.slice(at, at + BATCH));
    // As many as there were: what is noted meanwhile is the next flush's.
    for (let left = maxCount; left > 0; left -= BATCH) {
      const taken = takeUses(BATCH);
      if (taken.length > 0) await writeBatch(taken);
      if (taken.length < BATCH) return;
    }
  };
  // One after the other: a slow write must not be overtaken by the next one.
  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };

  return {
    note: (use) => {
      const key = `${use.organizationId} ${use.tokenId} ${use.secretNumber}`;
      const before = latest.get(key);
      if (before === undefined && latest.size >= maxCount) return;
      // Siblings tell late: what is older than what is known says nothing.
      if (before === undefined || before.at <= use.at) latest.set(key, use);
    },
    begin: () => {
      // It must not keep a process alive that has nothing else to do.
      timer ??= setInterval(() => void flush(), everyMs).unref();
    },
    close: () => {
      clearInterval(timer);
      return flush();
    },
  };
};

/** SECRET-ONCE: anything may have been put into a User-Agent, and it is shown to people. PostgreSQL holds no NUL. */
export const fit = <U extends Pick<SecretUse, 'address' | 'client'>>(use: U): U => ({
  ...use,
  address: use.address !== null && parseAddress(use.address) !== null ? use.address : null,
  client: redactTokens((use.client ?? '').replace(CONTROL, ' ')).slice(0, MAX_CLIENT_LENGTH) || null,
});

const CONTROL = /\p{Cc}/gu;
