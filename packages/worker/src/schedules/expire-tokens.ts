import { forOrganizations } from './for-organizations.ts';
import { inSlices, type ScheduleHandler } from './schedule-handler.ts';
import { workerEvent } from './worker-event.ts';

const sliceSize = 500;

/**
 * Writes into the audit trail that a token's expiry has come. Nobody waits for it and no verifier is told: it was refused
 * from that instant on by the clock alone (CLOCK-EXPIRY).
 */
export const expireTokens: ScheduleHandler = (deps, now, signal) =>
  forOrganizations(deps, signal, (organizationId) =>
    inSlices(signal, () =>
      deps.store.unitOfWork.run(async (tx) => {
        const expired = await deps.store.housekeeping.recordExpiries(tx, organizationId, sliceSize, now);
        await deps.store.audit.append(
          tx,
          expired.map((token) =>
            workerEvent('expire-tokens', 'token.expired', token, now, {
              expiresAt: new Date(token.expiresAt).toISOString(),
            }),
          ),
        );
        return expired.length;
      }),
    ),
  );
