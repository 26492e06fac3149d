import { sweepSilentSecrets } from '@latchkey/store';
import { inSlices, type ScheduleHandler } from './schedule-handler.ts';

const sliceSize = 100;

/**
 * Confirm, then cut: a superseded secret that has fallen silent while its successor is in use is refused from now on.
 * The end of a grace period by time needs nobody: it is read from the clock. Its secret can't be spent here either,
 * because the worker never sees a digest.
 */
export const endGracePeriods: ScheduleHandler = ({ store }, now, signal) =>
  inSlices(signal, () => sweepSilentSecrets(store, sliceSize, now));
