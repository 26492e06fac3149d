import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 1_000;

/** Forgets keys that no lost answer can be asked for by any more. */
export const tidyIdempotencyKeys: ScheduleHandler = ({ store }, now, signal) =>
  inSlices(signal, () => store.idempotencyKeys.removeExpired(sliceSize, now));
