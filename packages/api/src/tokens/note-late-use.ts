import type { ApiDeps } from '../deps.ts';
import { type LateUse, recordLateUse } from './record-late-use.ts';

/** Has late uses recorded, and waits for none: the answer is a refusal whatever becomes of that (PROOF-FIRST). */
export type NoteLateUse = (use: LateUse) => void;

const EVERY_MS = 60_000;

export interface LateUseOptions extends Pick<ApiDeps, 'store' | 'crypto' | 'keys' | 'logger'> {
  readonly monotonic: () => number;
  /** Of how many secrets it is known when they were recorded last; 10,000 where left out. */
  readonly maxCount?: number;
}

/**
 * BOUNDED-WORK: of one secret one transaction a minute begins in this process, however often it is presented, and whether
 * that one succeeded or not. Whoever holds an old secret may say it thousands of times a second.
 */
export const createLateUseNotes = ({ monotonic, maxCount = 10_000, ...deps }: LateUseOptions): NoteLateUse => {
  /** The one that was recorded longest ago stands first. */
  const recordedAt = new Map<string, number>();
  return (use) => {
    const key = `${use.organizationId} ${use.tokenId} ${use.secretNumber}`;
    const now = monotonic();
    const before = recordedAt.get(key);
    if (before !== undefined && now - before < EVERY_MS) return;
    recordedAt.delete(key);
    recordedAt.set(key, now);
    if (recordedAt.size > maxCount) {
      const [oldest = key] = recordedAt.keys();
      recordedAt.delete(oldest);
    }
    recordLateUse(deps, use).catch((error: unknown) => deps.logger.warn({ err: error }, 'a late use was not recorded'));
  };
};
