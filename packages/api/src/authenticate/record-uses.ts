import type { SecretUse, Store } from '@latchkey/store';
import type { Logger } from 'pino';

/** Collects when secrets were last accepted, and writes that down in batches: never in the request that used them. */
export interface UseRecorder {
  note(use: SecretUse): void;
  /** Writes down what is left. */
  close(): Promise<void>;
}

/** For programs that accept no token. */
export const noUses: UseRecorder = { note: () => undefined, close: async () => undefined };

/**
 * Last uses are at most `everyMs` late (10 seconds where left out). What a crash or an outage loses is lost: it says when
 * a token was used, and decides nothing. Bounded: of each secret only the latest use is kept, and of `maxCount` secrets.
 */
export const createUseRecorder = (deps: {
  readonly store: Pick<Store, 'tokens'>;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly maxCount?: number;
}): UseRecorder => {
  const { everyMs = 10_000, maxCount = 100_000 } = deps;
  let latest = new Map<string, SecretUse>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const write = async (): Promise<void> => {
    const uses = [...latest.values()];
    latest = new Map();
    try {
      for (let at = 0; at < uses.length; at += 1_000) await deps.store.tokens.recordUses(uses.slice(at, at + 1_000));
    } catch (error) {
      deps.logger.warn({ err: error, lost: uses.length }, 'last uses were not recorded');
    }
  };
  // One after the other: a slow write must not be overtaken by the next one.
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };

  return {
    note: (use) => {
      const key = `${use.organizationId} ${use.tokenId} ${use.secretNumber}`;
      if (latest.size >= maxCount && !latest.has(key)) return;
      latest.set(key, use);
      // It must not keep a process alive that has nothing else to do.
      timer ??= setTimeout(() => void flush(), everyMs).unref();
    },
    close: flush,
  };
};
