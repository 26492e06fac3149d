import { type DropAnswer, dropAuditMonth } from '@latchkey/store';
import type { ScheduleHandler } from './schedule-handler.ts';

/** So many that a worker may be away for a quarter of a year before the sealer has to make one itself. */
const aheadCount = 3;

/**
 * Makes months of the audit trail ahead, and drops those that retention lets go of, the oldest first, each with its stubs
 * and the audit events that say so. Whether one may go the database judges itself.
 */
export const keepPartitions: ScheduleHandler = async ({ store, sealing }, _now, signal) => {
  let effectCount = await store.auditRetention.makeAhead(aheadCount);
  // Without the audit keys there is no stub: whoever has them drops.
  while (sealing !== undefined && !signal.aborted) {
    const [month] = (await store.auditRetention.facts()).overdueMonths;
    if (month === undefined) return { outcome: 'done', effectCount };
    const answer = await dropAuditMonth(store, sealing, month);
    const because = evidence[answer];
    if (because !== undefined)
      return { outcome: 'refused', because: `${month} is not dropped from the audit trail: ${because}` };
    // It may go later, or another worker has dropped it.
    if (answer !== 'dropped') return { outcome: 'done', effectCount };
    effectCount += 1;
  }
  return { outcome: signal.aborted ? 'interrupted' : 'done', effectCount };
};

/** AUDIT-WITH-CAUSE: what somebody has bent stays, and somebody has to look at it. */
const evidence: Readonly<Partial<Record<DropAnswer, string>>> = {
  not_sealed: 'it holds an event without a seal; run `latchkey audit verify`',
  broken: 'its chain is broken; run `latchkey audit verify`',
};
