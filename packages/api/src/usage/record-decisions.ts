import type { Clock } from '@latchkey/core';
import type { PermissionLayer, Request } from '@latchkey/core/policy';
import { createDecisionCounts, type DecisionCount } from '@latchkey/core/usage';
import { type Store, StoreUnavailable } from '@latchkey/store';
import type { Logger } from 'pino';
import type { TokenPrincipal } from '../principal.ts';

/** Collects what tokens were allowed and denied, and writes that down in batches: no decision waits for it. */
export interface DecisionRecorder {
  /** One decision, of this node. */
  note(principal: Pick<TokenPrincipal, 'token' | 'layers'>, request: Request, effect: 'allow' | 'deny'): void;
  /** What a sibling service has counted. */
  add(counted: DecisionCount): void;
  /** From now on writes down regularly. */
  begin(): void;
  /** Writes down what is left. */
  close(): Promise<void>;
}

const BATCH = 1_000;

/**
 * Counts are at most `everyMs` late (a minute where left out). A crash loses that minute: it decides nothing. During an
 * outage what was counted waits, in memory that is bounded (BOUNDED-WORK); beyond it decisions are not counted.
 */
export const createDecisionRecorder = ({
  store,
  clock,
  logger,
  everyMs = 60_000,
  maxRows = 50_000,
}: {
  readonly store: Pick<Store, 'usage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly maxRows?: number;
}): DecisionRecorder => {
  const counts = createDecisionCounts({ maxRows });
  /** Taken, and not yet written down. */
  let batch: readonly DecisionCount[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const write = async (): Promise<void> => {
    const lost = counts.takeLost();
    if (lost > 0) logger.warn({ lost }, 'decisions of more tokens than there is room for were not counted');
    // As many as there were: what is counted meanwhile is the next flush's.
    let left = counts.waiting() + batch.length;
    while (left > 0) {
      if (batch.length === 0) batch = counts.take(BATCH);
      if (batch.length === 0) return;
      try {
        await store.usage.record(batch, clock.now());
      } catch (error) {
        if (error instanceof StoreUnavailable) return logger.warn({ err: error }, 'decisions were not recorded yet');
        // Whatever is wrong with it would be wrong the next time too, and nothing behind it would ever be written.
        logger.error({ err: error, lost: batch.length }, 'decisions were not recorded');
      }
      left -= batch.length;
      batch = [];
    }
  };
  // One after the other: what is being written is in nobody else's hands.
  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };

  return {
    note: (
      { token, layers }: { token: TokenPrincipal['token']; layers: readonly PermissionLayer[] },
      request,
      effect,
    ) => counts.count(token, request, effect, layers),
    add: counts.add,
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
