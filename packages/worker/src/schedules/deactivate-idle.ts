import { forOrganizations } from './for-organizations.ts';
import { idleMs, idleWarningMs } from './idle-warning.ts';
import { inSlices, type ScheduleHandler } from './schedule-handler.ts';
import { workerEvent } from './worker-event.ts';

const sliceSize = 100;

/**
 * Deactivates tokens that have been unused for as long as their organization allows, each only after its warning has
 * stood for its whole time: where the setting is new, or the worker was away, that is later.
 */
export const deactivateIdle: ScheduleHandler = (deps, now, signal) =>
  forOrganizations(deps, signal, async (organizationId, { idleDays }) => {
    if (idleDays === null) return { outcome: 'done', effectCount: 0 };
    const { store } = deps;
    return inSlices(signal, () =>
      store.unitOfWork.run(async (tx) => {
        const tokens = await store.housekeeping.deactivateIdle(tx, {
          organizationId,
          thresholdDays: idleDays,
          idleSince: now - idleMs(idleDays),
          warnedBy: now - idleWarningMs(idleDays),
          limit: sliceSize,
          now,
        });
        await store.audit.append(
          tx,
          tokens.map((token) =>
            workerEvent('deactivate-idle', 'token.deactivated', token, now, {
              because: 'idle',
              idleDays,
              idleSince: new Date(token.idleSince).toISOString(),
            }),
          ),
        );
        // DEAD-ON-RETURN: every verifier hears of it, and from then on refuses.
        await store.feed.append(
          tx,
          tokens.map(({ tokenId }) => ({ subject: 'token', organizationId, id: tokenId })),
        );
        return tokens.length;
      }),
    );
  });
