import { findingSchema, type Input, lookUpEnvelope } from '@latchkey/contract';
import { parseToken } from '@latchkey/core/token';
import type { LookUpAnswer, Origin, VerifierSource } from '@latchkey/core/verifier';
import { askLatchkey } from '../ask.ts';
import type { LatchkeyApi } from '../client.ts';
import { LatchkeyUnavailable } from '../unavailable.ts';
import type { VerifiedToken } from '../verify.ts';
import { createFindingReader } from './portable-subject.ts';

interface Waiting {
  readonly asked: Input<'verify', 'lookUp'>['tokens'][number];
  readonly resolve: (answer: LookUpAnswer<VerifiedToken>) => void;
  readonly reject: (error: unknown) => void;
}

/** The most that one question may hold (`lookUpInput`). */
const BATCH = 64;

/**
 * How many questions are under way at once. Two lanes, so that a flood of made-up texts, whose ids nobody has seen before,
 * doesn't keep a token waiting that has been good: only its own kind waits behind it.
 */
const LANES = { known: 4, unknown: 2 } as const;
type Lane = keyof typeof LANES;

/** BOUNDED-WORK: how many may wait in a lane; whoever comes later is told that nobody can be asked. */
const MAX_WAITING = 4_096;

/**
 * Milliseconds for which a question about texts that mostly nobody knows is followed by none in its lane while others wait:
 * being flooded with made-up ones then takes a share of this process's time, and not most of it. A token that is seen for
 * the first time meanwhile waits among them, behind `MAX_WAITING` about half a second.
 */
const REST_MS = 15;

/** How many ids are remembered of tokens that were good. */
const MAX_KNOWN_IDS = 100_000;

/**
 * Asks an API node, many at a time. A text that can't be a token by its form and checksum is refused here; whether it was
 * ever minted only a node can tell, which holds the tag keys.
 */
export const askNode = (
  api: LatchkeyApi,
  rest: () => Promise<unknown> = () => new Promise((resume) => setTimeout(resume, REST_MS)),
): VerifierSource<VerifiedToken> => {
  const read = createFindingReader();
  const queues: Record<Lane, Waiting[]> = { known: [], unknown: [] };
  const underWay: Record<Lane, number> = { known: 0, unknown: 0 };
  const knownIds = new Set<string>();

  const remember = (tokenId: string) => {
    if (knownIds.size >= MAX_KNOWN_IDS) knownIds.clear();
    knownIds.add(tokenId);
  };
  /** How many of them nobody knows. */
  const send = async (batch: readonly Waiting[]): Promise<number> => {
    let unknown = 0;
    try {
      const answered = lookUpEnvelope.safeParse(
        await askLatchkey(() => api.verify.lookUp.mutate({ tokens: batch.map(({ asked }) => asked) })),
      );
      if (!answered.success || answered.data.answers.length !== batch.length) {
        throw new LatchkeyUnavailable('The answer to verify.lookUp is not what was asked for.');
      }
      answered.data.answers.forEach(({ finding, coherence }, index) => {
        const found = findingSchema.safeParse(finding);
        if (!found.success) {
          // A newer node's, perhaps, with a condition that this release can't judge: its token's alone (FAIL-CLOSED).
          batch[index]?.reject(new LatchkeyUnavailable('What verify.lookUp has found of a token is not understood.'));
        } else if (found.data.outcome === 'unavailable') {
          batch[index]?.reject(new LatchkeyUnavailable('Latchkey could not look this token up.'));
        } else {
          if (found.data.outcome === 'accepted') remember(found.data.token.tokenId);
          else if (found.data.outcome === 'unknown') unknown += 1;
          batch[index]?.resolve({ finding: read(found.data), coherence });
        }
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    return unknown;
  };
  const ask = async (lane: Lane): Promise<void> => {
    const batch = queues[lane].splice(0, BATCH);
    const unknown = await send(batch);
    if (2 * unknown > batch.length && queues[lane].length > 0) await rest();
  };
  const pump = (lane: Lane) => {
    while (underWay[lane] < LANES[lane] && queues[lane].length > 0) {
      underWay[lane] += 1;
      void ask(lane).then(() => {
        underWay[lane] -= 1;
        pump(lane);
      });
    }
  };

  return {
    mayBeToken: (text) => tokenIdOf(text) !== null,
    lookUp: (presentedToken, origin) => {
      const lane: Lane = knownIds.has(tokenIdOf(presentedToken) ?? '') ? 'known' : 'unknown';
      if (queues[lane].length >= MAX_WAITING) {
        return Promise.reject(new LatchkeyUnavailable('Too many tokens wait to be looked up.'));
      }
      return new Promise((resolve, reject) => {
        queues[lane].push({ asked: { presentedToken, ...whence(origin) }, resolve, reject });
        // Those that come in the same turn go together.
        if (queues[lane].length === 1) queueMicrotask(() => pump(lane));
      });
    },
  };
};

/** Which prefixes an installation takes only its nodes know; form and checksum can be told without. */
const tokenIdOf = (text: string): string | null => {
  const parsed = parseToken(text, { prefixes: [text.slice(0, text.indexOf('_'))] });
  return parsed.ok && parsed.kind !== 'system' ? parsed.tokenId : null;
};

const whence = ({ address, client }: Origin) => ({
  ...(address == null ? {} : { address: address.slice(0, 64) }),
  ...(client == null ? {} : { client: client.slice(0, 512) }),
});
