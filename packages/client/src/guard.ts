import type { RefusalCase } from '@latchkey/contract';
import { InvalidResourceName, type ResourceName } from '@latchkey/core/policy';
import { findCredential } from '@latchkey/core/token';
import { goOn } from './at-once.ts';
import { LatchkeyUnavailable } from './unavailable.ts';
import type { Accepted, Refused, Verdict, Verify } from './verify.ts';

/** What an HTTP request brought, whatever server it came through. */
export interface Presented {
  /** By lower-case name; duplicates apart, or joined by a comma. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** How many lines of headers there were, where the server says so. */
  readonly headerCount?: number;
  /** Path and query as received. */
  readonly url: string;
  readonly address: string | undefined;
}

/** Whether a request goes on, and if not with which answer of TOKENS's table. */
export type Outcome =
  | { readonly passed: true; readonly accepted: Accepted }
  | {
      readonly passed: false;
      readonly refused: RefusalCase;
      readonly missing?: { readonly action: string; readonly resource: string };
    };

/** What is demanded of a verified token, beside being good. */
export interface Demand {
  readonly action: string;
  /** Called once the token is verified. @throws InvalidResourceName */
  readonly resourceOf: () => string | ResourceName;
  /** The only organization whose tokens count; `null` for every one. */
  readonly organizationId: string | null;
}

/** A server drops lines beyond its limit and says nothing: a second credential could stand there. */
const MAX_HEADER_LINES = 200;

/** Verifies the one credential of a request; at once where nobody has to be asked. */
export const authenticate = (verify: Verify, presented: Presented): Outcome | Promise<Outcome> =>
  failClosed(() => {
    if ((presented.headerCount ?? 0) > MAX_HEADER_LINES) return refuse('bad_request');
    const found = findCredential(presented);
    if (found.type === 'none') return refuse('no_credential');
    if (found.type !== 'found') return refuse('bad_request');
    const { address } = presented;
    const client = presented.headers['user-agent']?.[0];
    return goOn(verify(found.presentedToken, { address, client }), outcomeOf);
  });

/** Whether a verified token may do what is demanded, now. */
export const authorize = (
  accepted: Accepted,
  { action, resourceOf, organizationId }: Demand,
): Outcome | Promise<Outcome> =>
  failClosed(() => {
    // TENANT-WALL: to this route, another organization's token is an unknown one.
    if (organizationId !== null && accepted.token.organizationId !== organizationId) {
      return refuse('invalid_credential');
    }
    return goOn(accepted.decide({ action, resource: resourceOf() }), (decision): Outcome => {
      if (decision.effect === 'allow') return { passed: true, accepted };
      if (decision.effect === 'refused') return refuse(caseOf(decision.verdict));
      return { passed: false, refused: 'not_allowed', missing: decision.missing };
    });
  });

/**
 * FAIL-CLOSED: what is thrown lets nobody through. What isn't ours to answer stays a surprise, as a rejection, and goes to
 * the framework.
 */
const failClosed = (work: () => Outcome | Promise<Outcome>): Outcome | Promise<Outcome> => {
  try {
    const outcome = work();
    return outcome instanceof Promise ? outcome.catch(refuseFor) : outcome;
  } catch (error) {
    return Promise.reject(error).catch(refuseFor);
  }
};

const refuseFor = (error: unknown): Outcome => {
  if (error instanceof InvalidResourceName) return refuse('bad_request');
  if (error instanceof LatchkeyUnavailable) return refuse('unavailable');
  throw error;
};

const outcomeOf = (verdict: Verdict): Outcome =>
  verdict.accepted ? { passed: true, accepted: verdict } : refuse(caseOf(verdict));

const refuse = (refused: RefusalCase): Outcome => ({ passed: false, refused });

const caseOf = (refused: Refused): RefusalCase => (refused.status === 401 ? 'invalid_credential' : 'forbidden');
