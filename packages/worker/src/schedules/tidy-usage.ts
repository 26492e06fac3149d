import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 2_000;
const dayMs = 24 * 60 * 60 * 1_000;

/** Forgets what tokens were used for longer ago than anybody looks back. */
export const tidyUsage: ScheduleHandler = ({ store, usageDays = 90 }, now, signal) =>
  inSlices(signal, () => store.usage.removeBefore(now - usageDays * dayMs, sliceSize));
