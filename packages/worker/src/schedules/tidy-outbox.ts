import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 1_000;
const keptMs = 24 * 60 * 60 * 1_000;

/** Forgets messages whose work was done a day ago. Dead ones stay until somebody has looked at them. */
export const tidyOutbox: ScheduleHandler = ({ store }, now, signal) =>
  inSlices(signal, () => store.outbox.removeDone(now - keptMs, sliceSize));
