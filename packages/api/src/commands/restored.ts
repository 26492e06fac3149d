import type { Recallable } from '@latchkey/store';
import type { Settlement } from '../settling/settler.ts';
import { recallEverything } from '../system/recall-everything.ts';
import type { CommandDeps } from './open-deps.ts';
import { INSTALLATION_TRAIL } from './operator-event.ts';

export interface RestoredPlan extends Recallable {
  /** When the command was last run on what is in the database; `null` for never. */
  readonly lastRunAt: number | null;
}

/** What `restored` would do, and whether it has been done before: saying it twice ends what was issued in between. */
export const planRestored = async ({ store }: Pick<CommandDeps, 'store'>): Promise<RestoredPlan> => {
  const [recallable, [last]] = await Promise.all([
    store.installation.countRecallable(),
    store.audit.list(INSTALLATION_TRAIL, { filter: { action: 'installation.restored' }, limit: 1 }),
  ]);
  return { ...recallable, lastRunAt: last?.at ?? null };
};

/**
 * After a restore: a restored row may be one that had been revoked since the backup, a session one that had ended. So
 * everything ends that proves anything: tokens, the installation's own credentials, sessions. And a new incarnation
 * begins: a dump carries the old one and its registry along, and its snapshots mean nothing in another cluster.
 */
export const restored = async (deps: Pick<CommandDeps, 'store' | 'settler'>): Promise<Settlement> => {
  const receipt = await recallEverything(deps, {
    action: 'installation.restored',
    actor: { type: 'operator', id: 'latchkey-server' },
    call: null,
    reason: null,
    credentials: true,
    sessions: true,
    before: (tx) => deps.store.feed.renewIncarnation(tx),
  });
  return deps.settler.settle(receipt);
};
