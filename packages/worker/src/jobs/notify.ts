import type { JobHandler } from './job-handler.ts';

/** Tells members of something. ONE-EFFECT: who was told, and who was mailed, is noted for each of them. */
export const notify: JobHandler<'notify'> = async ({ announce }, payload) => ({
  outcome: 'done',
  effectCount: announce === undefined ? 0 : await announce(payload),
});
