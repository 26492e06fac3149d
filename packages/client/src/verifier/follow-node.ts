import { type Output, pollOutput } from '@latchkey/contract';
import type { DecisionCounts } from '@latchkey/core/usage';
import { runPollLoop, type Use, type Verifier } from '@latchkey/core/verifier';
import { askLatchkey } from '../ask.ts';
import type { LatchkeyApi } from '../client.ts';
import { LatchkeyUnavailable } from '../unavailable.ts';
import type { Clocks } from './clocks.ts';
import { tellDecisions } from './tell-decisions.ts';

export interface FollowNodeOptions {
  readonly api: LatchkeyApi;
  readonly verifier: Pick<Verifier<unknown>, 'trust' | 'apply' | 'distrust' | 'takeUses'>;
  readonly counts: Pick<DecisionCounts, 'take'>;
  readonly clocks: Clocks;
  readonly onFailure: (error: unknown) => void;
}

export interface Following {
  /** No further poll; what was used last, and counted, is told once more, as far as that is possible at once. */
  close(): Promise<void>;
}

/** How long a node may hold an answer until there is something new: that is the wake-up. */
const WAIT_MS = 400;
/** From a poll that wasn't held to the next one, and from a failed one to the next at the latest. */
const EVERY_MS = 250;
const RETRY_MS = 50;
/** A lease that a node states is never believed to be longer: it would have to be another protocol's. */
const LONGEST_LEASE_MS = 2_000;
const USES_EVERY_MS = 10_000;
/** The most that one poll may bring (`pollInput`). */
const MAX_USES = 1_000;

/**
 * Follows one API node: hears what changes, counts its lease from the start of each poll, and acknowledges by the next one.
 * One poll at a time, and the answer to one that was given up is never looked at.
 */
export const followNode = ({ api, verifier, counts, clocks, onFailure }: FollowNodeOptions): Following => {
  let registration: { readonly id: string; readonly version: number } | null = null;
  let nodeId = '';
  /** Taken from the verifier, and not yet heard by a node. */
  let untold: readonly Use[] = [];
  let toldAt = clocks.monotonic();
  const told = tellDecisions({ counts, clocks });

  const ask = async (
    how: { readonly waitMs: number } | { readonly leaving: true },
  ): Promise<Output<'verify', 'poll'>> => {
    if (untold.length === 0 && (clocks.monotonic() - toldAt >= USES_EVERY_MS || 'leaving' in how)) {
      untold = verifier.takeUses(MAX_USES);
      toldAt = clocks.monotonic();
    }
    const uses = untold.length === 0 ? {} : { uses: untold.map(withinBounds) };
    const decisions = told.next('leaving' in how);
    try {
      const answer = pollOutput.safeParse(
        await askLatchkey(() => api.verify.poll.mutate({ registration, ...uses, ...decisions, ...how })),
      );
      if (!answer.success) throw new LatchkeyUnavailable('The answer to verify.poll is not one.');
      untold = [];
      told.heard();
      return answer.data;
    } catch (error) {
      told.failed();
      throw error;
    }
  };

  const poll = async (): Promise<void> => {
    const nowAt = clocks.monotonic();
    const wallAt = clocks.wall();
    const answer = await ask({ waitMs: WAIT_MS });
    const { coherence, changes } = answer;
    const isNew = answer.version !== registration?.version;
    if (answer.reset || answer.nodeId !== nodeId || answer.registrationId !== registration?.id) verifier.distrust();
    nodeId = answer.nodeId;
    registration = { id: answer.registrationId, version: answer.version };
    if (coherence.incarnation === '') verifier.distrust();
    else {
      verifier.apply(changes, coherence);
      const leaseUntil = nowAt + Math.min(answer.leaseMs, LONGEST_LEASE_MS);
      verifier.trust({ coherence, leaseUntil, now: answer.now, nowAt, wallAt });
    }
    // At once where there is something to acknowledge (of what concerns us not, too: the node waits for our word), or the
    // answer was held; else a node that holds none would be flooded.
    if (isNew || clocks.monotonic() - nowAt >= WAIT_MS / 2) loop.wake();
  };

  const loop = runPollLoop({
    poll,
    everyMs: EVERY_MS,
    retryMs: RETRY_MS,
    schedule: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    },
    onFailure,
  });

  return {
    close: async () => {
      await loop.close();
      // After the last poll, which may have been under way.
      verifier.distrust();
      // Best effort: stops need not wait for our lease to run out, and when a token was used last decides nothing.
      await ask({ leaving: true }).catch(onFailure);
    },
  };
};

const withinBounds = (use: Use): Use => ({
  ...use,
  at: Math.max(0, Math.floor(use.at)),
  address: use.address?.slice(0, 64) ?? null,
  client: use.client?.slice(0, 512) ?? null,
});
