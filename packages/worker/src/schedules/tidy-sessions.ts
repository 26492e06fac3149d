import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 500;

/**
 * Forgets sessions and sign-in links that have ended: they were refused from that instant on by the clock alone. The
 * worker's role can't read them; the database picks them out itself.
 */
export const tidySessions: ScheduleHandler = ({ store }, _now, signal) =>
  inSlices(signal, () => store.housekeeping.removeEndedSessions(sliceSize));
