import type { DecisionView, Output } from '@latchkey/contract';
import { verdictViewSchema, verifyContract } from '@latchkey/contract';
import type { Request } from '@latchkey/core/policy';
import { askLatchkey } from './ask.ts';
import type { LatchkeyApi } from './client.ts';
import { LatchkeyUnavailable } from './unavailable.ts';

/** Whose tokens count, and where the holder calls from, as this service sees it. */
export interface Origin {
  /** Every other organization's tokens are refused like unknown ones. */
  readonly organizationId?: string | undefined;
  /** Needed for tokens with address ranges: without it they are refused. */
  readonly address?: string | undefined;
  /** The holder's User-Agent. */
  readonly client?: string | undefined;
}

/** What a verified token says of itself; never its secret. */
export type VerifiedToken = Extract<Output<'verify', 'verify'>, { accepted: true }>['token'];

export interface Accepted {
  readonly accepted: true;
  readonly token: VerifiedToken;
  /**
   * Asks whether the token may do this, now: each call is a verification of its own, so a token that was stopped in
   * between is refused. A value where nobody has to be asked, which `await` takes like a promise.
   * @throws LatchkeyUnavailable as a rejection
   */
  decide(request: Request): Decided | Promise<Decided>;
}

export type Refused = Extract<Output<'verify', 'verify'>, { accepted: false }>;

/** What became of a presented token. */
export type Verdict = Accepted | Refused;

/** Allowed, denied with what was missing, or no longer accepted. */
export type Decided = DecisionView | { readonly effect: 'refused'; readonly verdict: Refused };

/** Presented text -> verdict: a value where nobody has to be asked, which `await` takes like a promise. */
export type Verify = (presentedToken: string, origin?: Origin) => Verdict | Promise<Verdict>;

/** Presented text and request -> decision: one verification with what it is for. */
export type Decide = (presentedToken: string, request: Request, origin?: Origin) => Decided | Promise<Decided>;

/**
 * Verification that asks the API each time. What it answers is checked against the contract: an answer that can't be
 * understood lets nobody in.
 */
export const createVerify =
  (api: LatchkeyApi): ((...presented: Parameters<Verify>) => Promise<Verdict>) =>
  async (presentedToken, origin = {}) => {
    // The API would refuse it as bad input; to the caller it is a credential like any other wrong one.
    if (presentedToken.length > LONGEST_TEXT) return { accepted: false, status: 401 };
    const presented = {
      presentedToken,
      ...(origin.organizationId === undefined ? {} : { organizationId: origin.organizationId }),
      ...(origin.address === undefined ? {} : { address: origin.address.slice(0, 64) }),
      ...(origin.client === undefined ? {} : { client: origin.client.slice(0, 512) }),
    };
    const answer = verdictViewSchema.safeParse(await askLatchkey(() => api.verify.verify.mutate(presented)));
    if (!answer.success) throw new LatchkeyUnavailable('The answer to verify.verify is not a verdict.');
    if (!answer.data.accepted) return answer.data;
    const { token } = answer.data;
    return {
      accepted: true,
      token,
      decide: async ({ action, resource }) => {
        const request = { action, resource };
        const decided = verifyContract.decide.output.safeParse(
          await askLatchkey(() => api.verify.decide.mutate({ ...presented, request })),
        );
        if (!decided.success) throw new LatchkeyUnavailable('The answer to verify.decide is not a decision.');
        const { verdict, decision } = decided.data;
        if (!verdict.accepted) return { effect: 'refused', verdict };
        if (decision === null) throw new LatchkeyUnavailable('The answer to verify.decide holds no decision.');
        return decision;
      },
    };
  };

/** No token is nearly as long (`presentedTokenSchema`). */
const LONGEST_TEXT = 4_096;
