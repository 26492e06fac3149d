import type { DecisionView } from '@latchkey/contract';
import { decideLayers, type LayeredDecision, type Request, resourcePath } from '@latchkey/core/policy';
import { createDecisionCounts } from '@latchkey/core/usage';
import {
  type Accepted as AcceptedHere,
  createVerifier,
  type Origin as OriginHere,
  type Verdict as VerdictHere,
  type VerifierMetrics,
} from '@latchkey/core/verifier';
import { goOn } from '../at-once.ts';
import type { LatchkeyApi } from '../client.ts';
import type { Accepted, Decided, Origin, Verify } from '../verify.ts';
import { askNode } from './ask-node.ts';
import { type Clocks, systemClocks } from './clocks.ts';
import { type Following, followNode } from './follow-node.ts';
import type { VerifiedSubject } from './portable-subject.ts';

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
}

export interface CachedVerify {
  readonly verify: Verify;
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
  const verifier = createVerifier<VerifiedSubject>({
    ...clocks,
    leaseMs: 2_000,
    maxEntries: maxTokens,
    maxBytes,
    keyOf,
    source: askNode(api),
  });
  const counts = createDecisionCounts({ maxRows: MAX_COUNTED });
  let following: Following | null = null;
  let closed = false;

  const judge = (
    presentedToken: string,
    origin: OriginHere,
  ): VerdictHere<VerifiedSubject> | Promise<VerdictHere<VerifiedSubject>> => {
    if (following === null && !closed) {
      following = followNode({ api, verifier, counts, clocks, onFailure: options.onFailure ?? (() => undefined) });
    }
    return verifier.verify(presentedToken, origin);
  };

  const accepted = (first: AcceptedHere<VerifiedSubject>, presentedToken: string, origin: OriginHere): Accepted => {
    let present = first;
    return {
      accepted: true,
      token: first.subject.token,
      decide: (request) => {
        if (!verifier.stands(present)) {
          return decideAnew(presentedToken, origin, request, (found) => {
            present = found;
          });
        }
        try {
          return decideBy(present.subject, request);
        } catch (error) {
          return Promise.reject(error);
        }
      },
    };
  };
  const decideAnew = async (
    presentedToken: string,
    origin: OriginHere,
    request: Request,
    keep: (found: AcceptedHere<VerifiedSubject>) => void,
  ): Promise<Decided> => {
    const verdict = await judge(presentedToken, origin);
    if (!verdict.accepted) return { effect: 'refused', verdict };
    keep(verdict);
    return decideBy(verdict.subject, request);
  };
  const decideBy = (subject: VerifiedSubject, request: Request): DecisionView => {
    const { token, layers } = subject;
    const decision = decideLayers(layers, request);
    counts.count(token, request, decision.effect, layers, subject);
    return toView(decision, request);
  };

  return {
    verify: (presentedToken, origin) => {
      try {
        const whence = toOrigin(origin);
        return goOn(judge(presentedToken, whence), (verdict) =>
          verdict.accepted ? accepted(verdict, presentedToken, whence) : verdict,
        );
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

const toOrigin = (origin: Origin | undefined): OriginHere =>
  origin === undefined
    ? NOWHERE
    : {
        address: origin.address,
        client: origin.client,
        organizationIds: origin.organizationId === undefined ? null : [origin.organizationId],
      };

const NOWHERE: OriginHere = Object.freeze({});

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
