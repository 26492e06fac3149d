import { forOrganizations } from './for-organizations.ts';
import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 1_000;
const keptMs = 90 * 24 * 60 * 60 * 1_000;
const keptCount = 200;

/** Forgets what members were told long ago, and of each member what is not among the latest (BOUNDED-WORK). */
export const tidyNotifications: ScheduleHandler = ({ store }, now, signal) =>
  forOrganizations({ store }, signal, (organizationId) =>
    inSlices(signal, () => store.notifications.removeOld(organizationId, now - keptMs, keptCount, sliceSize)),
  );
