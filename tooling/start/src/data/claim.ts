import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { takeLock } from '@latchkey/bootstrap/lock';
import { isAlive, type ProcessIdentity, stopProcess } from '@latchkey/bootstrap/process';

export const claimFile = 'start.lock';

/** What a running start tells others: its address once it is ready, and who has to live for it to go on. */
export type RunNote = {
  readonly url?: string;
  readonly launchers: readonly ProcessIdentity[];
};

export type Claim = {
  readonly update: (note: RunNote) => void;
  readonly release: () => void;
};

export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'running'; readonly pid: number; readonly url: string | undefined };

/**
 * One start a folder. A start whose npm was killed is about to stop by itself: it is asked to, and waited for. One that is still on
 * its way is waited for until it knows its address, so that the message can name it.
 */
export const claimFolder = async (folder: string, note: RunNote, patienceMs = 60_000): Promise<ClaimOutcome> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const lock = takeLock(join(folder, claimFile), note);
    if (lock.taken) return { kind: 'claimed', claim: lock };
    const other = lock.holder.note as Partial<RunNote>;
    if (other.launchers?.some((launcher) => !isAlive(launcher)) === true) {
      await stopProcess(lock.holder, [
        { signal: 'SIGTERM', waitMs: 40_000 },
        { signal: 'SIGKILL', waitMs: 5_000 },
      ]);
    } else if (other.url !== undefined || performance.now() > deadline) {
      return { kind: 'running', pid: lock.holder.pid, url: other.url };
    } else {
      await delay(100);
    }
  }
};
