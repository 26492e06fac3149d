import type { DecisionView } from '@latchkey/contract';
import { decideLayers, type LayeredDecision, type Request, resourcePath } from '@latchkey/core/policy';
import { createDecisionCounts, type DecisionCounts } from '@latchkey/core/usage';
import {
  type Accepted as AcceptedHere,
  createVerifier,
  type Origin as OriginHere,
  type Verdict as VerdictHere,
  type Verifier,
  type VerifierMetrics,
} from '@latchkey/core/verifier';
import type { LatchkeyApi } from '../client.ts';
import type { Accepted, Decide, Decided, Origin, VerifiedToken, Verify } from '../verify.ts';
import { askNode } from './ask-node.ts';
import { type Clocks, systemClocks } from './clocks.ts';
import { type Following, followNode } from './follow-node.ts';

export interface CachedVerifyOptions {
  /** For look-ups and polls. */
  readonly api: LatchkeyApi;
  /** SHA-256 of a text, as text; what decides is kept under it, and no plain token stays in memory. */
  readonly keyOf: (presentedToken: string) => string;
  /** How many tokens may be remembered; 100,000 where left out. */
  readonly maxTokens?: number | undefined;
  /** And their bytes together, roughly; 64 MiB where left out. */
  readonly maxBytes?: number | undefined;
  /** The node could not be followed; another attempt is made soon, and until then it is asked at each verification. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  readonly clocks?: Clocks;
  /** Between questions about texts that nobody knows; see `askNode`. */
  readonly rest?: () => Promise<unknown>;
}

export interface CachedVerify {
  readonly verify: Verify;
  readonly decide: Decide;
  readonly metrics: () => VerifierMetrics;
  readonly close: () => Promise<void>;
}

/**
 * Verification out of a coherent memory: microseconds, and a token that was stopped is refused from the moment at which the
 * stopping call returned (DEAD-ON-RETURN). Begins to follow a node with the first verification; without a lease of it each
 * verification asks, and where that fails nobody gets in.
 */
export const createCachedVerify = (options: CachedVerifyOptions): CachedVerify => {
  const { api, keyOf, maxTokens = 100_000, maxBytes = 64 * 1_048_576, clocks = systemClocks } = options;
  const verifier = createVerifier<VerifiedToken>({
    ...clocks,
    leaseMs: 2_000,
    maxEntries: maxTokens,
    maxBytes,
    keyOf,
    source: askNode(api, options.rest),
  });
  const counts = createDecisionCounts({ maxRows: MAX_COUNTED });
  let following: Following | null = null;
  let closed = false;

  const judge = (
    presentedToken: string,
    origin: OriginHere,
  ): VerdictHere<VerifiedToken> | Promise<VerdictHere<VerifiedToken>> => {
    if (following === null && !closed) {
      following = followNode({ api, verifier, counts, clocks, onFailure: options.onFailure ?? (() => undefined) });
    }
    return verifier.verify(presentedToken, origin);
  };

  const memory: Memory = { judge, stands: verifier.stands, counts };
  const toVerdict = (
    found: VerdictHere<VerifiedToken>,
    presentedToken: string,
    origin: OriginHere,
  ): Accepted | Extract<VerdictHere<VerifiedToken>, { readonly accepted: false }> =>
    found.accepted ? new AcceptedFromMemory(memory, found, presentedToken, origin) : found;

  const toDecided = (verdict: VerdictHere<VerifiedToken>, request: Request): Decided =>
    verdict.accepted ? decideBy(counts, verdict, request) : { effect: 'refused', verdict };

  return {
    verify: (presentedToken, origin) => {
      try {
        const whence = toOrigin(origin);
        const found = judge(presentedToken, whence);
        return found instanceof Promise
          ? found.then((verdict) => toVerdict(verdict, presentedToken, whence))
          : toVerdict(found, presentedToken, whence);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    // As one: neither is the clock looked at twice, nor does a verdict have to last.
    decide: (presentedToken, request, origin) => {
      try {
        const found = judge(presentedToken, toOrigin(origin));
        return found instanceof Promise
          ? found.then((verdict) => toDecided(verdict, request))
          : toDecided(found, request);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    metrics: verifier.metrics,
    close: async () => {
      closed = true;
      await following?.close();
    },
  };
};

const toOrigin = (origin: Origin | undefined): OriginHere => {
  if (origin === undefined) return NOWHERE;
  if (origin.organizationId === undefined) return origin;
  return { address: origin.address, client: origin.client, organizationIds: [origin.organizationId] };
};

const NOWHERE: OriginHere = Object.freeze({});

/** What a verdict needs to be asked again. */
interface Memory {
  readonly judge: (
    presentedToken: string,
    origin: OriginHere,
  ) => VerdictHere<VerifiedToken> | Promise<VerdictHere<VerifiedToken>>;
  readonly stands: Verifier<VerifiedToken>['stands'];
  readonly counts: DecisionCounts;
}

/** A class: one object for each verification, instead of one, and a function, and what that has closed over. */
class AcceptedFromMemory implements Accepted {
  readonly accepted = true;
  readonly token: VerifiedToken;
  readonly #memory: Memory;
  /** As it stands now; the next decision may bring another one. */
  #present: AcceptedHere<VerifiedToken>;
  readonly #presentedToken: string;
  // One by one: the caller's own object may say something else by the time of the next decision.
  readonly #address: OriginHere['address'];
  readonly #client: OriginHere['client'];
  readonly #organizationIds: OriginHere['organizationIds'];

  constructor(memory: Memory, present: AcceptedHere<VerifiedToken>, presentedToken: string, origin: OriginHere) {
    this.token = present.subject;
    this.#memory = memory;
    this.#present = present;
    this.#presentedToken = presentedToken;
    this.#address = origin.address;
    this.#client = origin.client;
    this.#organizationIds = origin.organizationIds;
  }

  decide(request: Request): Decided | Promise<Decided> {
    const { counts, stands } = this.#memory;
    if (!stands(this.#present)) return this.#decideAnew(request);
    // Not asynchronous where nobody is asked: waiting for oneself costs more than the decision.
    try {
      return decideBy(counts, this.#present, request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #decideAnew(request: Request): Promise<Decided> {
    const { judge, counts } = this.#memory;
    const origin = { address: this.#address, client: this.#client, organizationIds: this.#organizationIds };
    const verdict = await judge(this.#presentedToken, origin);
    if (!verdict.accepted) return { effect: 'refused', verdict };
    this.#present = verdict;
    return decideBy(counts, verdict, request);
  }
}

const decideBy = (counts: DecisionCounts, verdict: AcceptedHere<VerifiedToken>, request: Request): DecisionView => {
  const { about, layers } = verdict;
  const decision = decideLayers(layers, request);
  counts.count(about, request, decision.effect, layers, verdict);
  return toView(decision, request);
};

/** BOUNDED-WORK: how many tokens' decisions, by action and resource, wait to be told. */
const MAX_COUNTED = 20_000;

const toView = (decision: LayeredDecision, request: Request): DecisionView => {
  if (decision.effect === 'allow') return ALLOWED;
  const { because, layer } = decision;
  return {
    effect: 'deny',
    because,
    layer,
    missing: { action: request.action, resource: resourcePath(request.resource) },
  };
};

const ALLOWED: DecisionView = Object.freeze({ effect: 'allow' });
