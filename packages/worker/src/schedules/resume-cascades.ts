import type { Instant } from '@latchkey/core';
import { jobContracts, type Store } from '@latchkey/store';
import type { SlicedOutcome } from './schedule-handler.ts';

/** How long a cascade may take before somebody asks where it is: GATE-FIRST gives the rows a minute. */
const patienceMs = 60_000;
const gatesInSlice = 200;

type Deps = { readonly store: Pick<Store, 'unitOfWork' | 'reconciliations' | 'outbox'> };

/**
 * Hands over again what a removal left undone: its gate is closed, tokens are still to be ended, and the message that should end
 * them was given up or is gone. Nobody was let in meanwhile (GATE-FIRST). NOTHING-LOST: what fails again is a dead letter
 * again, visible, and comes back with the next tick. The report is written once, by whichever cascade comes to its end.
 */
export const resumeCascades = async (
  { store }: Deps,
  organizationId: string,
  now: Instant,
  signal: AbortSignal,
): Promise<SlicedOutcome> => {
  let effectCount = 0;
  let after: string | null = '';
  while (after !== null) {
    if (signal.aborted) return { outcome: 'interrupted', effectCount };
    const page = { closedBefore: now - patienceMs, after, limit: gatesInSlice };
    const slice = await store.unitOfWork.run(async (tx) => {
      const { stopped, next } = await store.reconciliations.findStopped(tx, organizationId, page);
      for (const { memberId, deadLetters } of stopped) {
        // One that breaks the contract would be refused again: it stays where it is seen, and another one does its work.
        const whole = deadLetters.find(
          ({ payload }) => jobContracts['cascade-member-removal'].safeParse(payload).success,
        );
        if (whole !== undefined) await store.outbox.revive([whole.messageId], tx);
        else {
          await store.outbox.add(tx, organizationId, 'cascade-member-removal', {
            ...{ organizationId, memberId, requestId: null },
            removedBy: { type: 'worker', id: 'reconcile-members' },
          });
        }
      }
      return { next, count: stopped.length };
    });
    effectCount += slice.count;
    after = slice.next;
  }
  return { outcome: 'done', effectCount };
};
