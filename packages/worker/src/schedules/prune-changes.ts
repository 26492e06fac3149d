import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

/** Removes changes that every verifier has applied: the feed must not outgrow its use. */
export const pruneChanges: ScheduleHandler = ({ store }, _now, signal) => inSlices(signal, () => store.feed.prune());
