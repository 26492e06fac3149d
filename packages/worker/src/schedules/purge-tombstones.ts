import { forOrganizations } from './for-organizations.ts';
import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 200;

/**
 * Removes the rows of tokens that were revoked long ago, with their secrets and reminders. The trail keeps all that
 * happened to them, and one event more: whose they were and that the row is gone.
 */
export const purgeTombstones: ScheduleHandler = (deps, _now, signal) =>
  forOrganizations(deps, signal, (organizationId) =>
    inSlices(signal, () => deps.store.housekeeping.purgeTombstones(organizationId, deps.tombstoneDays, sliceSize)),
  );
