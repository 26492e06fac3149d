import type { Clock, Instant } from '@latchkey/core';
import type { AuditEvent, Store } from '@latchkey/store';
import type { Logger } from 'pino';
import { actorOf } from '../acting/act.ts';
import type { ApiContext } from '../context.ts';

/**
 * Management calls that were refused for want of a permission, one audit event for each actor and minute: a script that
 * knocks a thousand times leaves one line with a number, and no way to fill the trail.
 */
export interface DeniedCalls {
  note(context: Pick<ApiContext, 'principal' | 'call'>, procedure: string): void;
  /** From now on writes down what is over. */
  begin(): void;
  /** Writes down what is left. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
const BATCH = 500;

interface Tally {
  readonly organizationId: string;
  readonly actor: AuditEvent['actor'];
  readonly minute: number;
  readonly from: Instant;
  readonly procedures: Map<string, number>;
  /** Of the latest call. */
  to: Instant;
  address: string | null;
  client: string | null;
  count: number;
}

/**
 * Bounded by `maxCount` actors a minute; calls beyond that are counted into the log. A crash loses a minute: a refused
 * call has changed nothing, so nothing that must commit with its cause is lost (AUDIT-WITH-CAUSE).
 */
export const createDeniedCalls = ({
  store,
  clock,
  logger,
  everyMs = 10_000,
  maxCount = 10_000,
}: {
  readonly store: Pick<Store, 'unitOfWork' | 'audit'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly maxCount?: number;
}): DeniedCalls => {
  const tallies = new Map<string, Tally>();
  let uncounted = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const write = async (over: (tally: Tally) => boolean): Promise<void> => {
    const done = [...tallies].filter(([, tally]) => over(tally));
    for (const [key] of done) tallies.delete(key);
    if (uncounted > 0) logger.warn({ uncounted }, 'refused calls of more actors than are kept apart');
    uncounted = 0;
    for (let at = 0; at < done.length; at += BATCH) {
      const events = done.slice(at, at + BATCH).map(([, tally]) => toEvent(tally));
      await store.unitOfWork
        .run((tx) => store.audit.append(tx, events))
        .catch((error: unknown) => logger.warn({ err: error, lost: events.length }, 'refused calls were not recorded'));
    }
  };
  // One after the other: what is being written is in nobody else's hands.
  const flush = (over: (tally: Tally) => boolean): Promise<void> => {
    writing = writing.then(() => write(over));
    return writing;
  };

  return {
    note: ({ principal, call }, procedure) => {
      if (principal === null || principal.type === 'credential') return;
      const { organizationId } = principal;
      const actor = actorOf(principal);
      const now = clock.now();
      const minute = Math.floor(now / MINUTE_MS);
      const key = JSON.stringify([organizationId, actor.type, actor.id, minute]);
      let tally = tallies.get(key);
      if (tally === undefined) {
        if (tallies.size >= maxCount) {
          uncounted += 1;
          return;
        }
        tally = {
          organizationId,
          actor,
          minute,
          from: now,
          to: now,
          procedures: new Map(),
          address: null,
          client: null,
          count: 0,
        };
        tallies.set(key, tally);
      }
      tally.count += 1;
      tally.to = now;
      tally.address = call.address;
      tally.client = call.client;
      // The router's own names, so there are only so many.
      tally.procedures.set(procedure, (tally.procedures.get(procedure) ?? 0) + 1);
    },
    begin: () => {
      const isOver = ({ minute }: Tally) => minute < Math.floor(clock.now() / MINUTE_MS);
      // It must not keep a process alive that has nothing else to do.
      timer ??= setInterval(() => void flush(isOver), everyMs).unref();
    },
    close: () => {
      clearInterval(timer);
      return flush(() => true);
    },
  };
};

const toEvent = (tally: Tally): Omit<AuditEvent, 'eventId'> => ({
  organizationId: tally.organizationId,
  at: tally.to,
  actor: tally.actor,
  action: 'call.denied',
  target: { type: 'organization', id: tally.organizationId },
  reason: null,
  address: tally.address,
  client: tally.client,
  requestId: null,
  details: {
    count: tally.count,
    procedures: Object.fromEntries(tally.procedures),
    from: new Date(tally.from).toISOString(),
  },
});
