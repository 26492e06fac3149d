import type { Instant } from '@latchkey/core';
import { isRecalled } from '@latchkey/core/lifecycle';
import type { AuditEvent, LookedUpToken, TokenLookup } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { inactiveBecause, type StateReason } from './state-reason.ts';

/** How a token stood at an instant, its owner's membership aside. */
export interface TokenThen {
  /** What refused it whatever its permissions were; `unknown` where nobody can tell any more. */
  readonly state: StateReason | 'unknown' | null;
  /** Whether its own permissions were those that it has now. */
  readonly isUnchanged: boolean;
}

const PAGE = 200;
const PAGES = 10;

/**
 * What a token's row and its audit trail say of the past: a row tells when a token was issued and revoked, the trail when
 * it was stopped, started and extended. Where the trail doesn't reach back to the issue, its state is unknown.
 */
export const tokenThen = async (
  deps: Pick<ApiDeps, 'store'>,
  token: LookedUpToken,
  gates: Pick<TokenLookup, 'marks' | 'ownerGateClosed'>,
  at: Instant,
): Promise<TokenThen> => {
  if (at < token.createdAt) return { state: 'not_issued', isUnchanged: true };
  const trail = await trailOf(deps, token);
  const later = trail.events.filter((event) => event.at > at);
  const isUnchanged = trail.isWhole && !later.some(({ action }) => action === 'token.permissions_changed');
  return { state: stateThen(token, gates, trail, later, at), isUnchanged };
};

interface Trail {
  /** Newest first. */
  readonly events: readonly AuditEvent[];
  /** Whether it reaches back to the issue of the token. */
  readonly isWhole: boolean;
}

const trailOf = async (
  { store }: Pick<ApiDeps, 'store'>,
  { organizationId, tokenId }: LookedUpToken,
): Promise<Trail> => {
  const events: AuditEvent[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    const after = events.at(-1);
    const rows = await store.audit.list(organizationId, {
      filter: { targetId: tokenId },
      ...(after === undefined ? {} : { after: { at: after.at, eventId: after.eventId } }),
      limit: PAGE,
    });
    events.push(...rows);
    if (rows.length < PAGE) break;
  }
  return { events, isWhole: events.at(-1)?.action === 'token.issued' };
};

/** In the order of `verdictOf`. */
const stateThen = (
  token: LookedUpToken,
  gates: Pick<TokenLookup, 'marks' | 'ownerGateClosed'>,
  { events, isWhole }: Trail,
  later: readonly AuditEvent[],
  at: Instant,
): TokenThen['state'] => {
  if (token.revokedAt !== null && at >= token.revokedAt) return 'revoked';
  if (!isWhole) return 'unknown';
  const expiresAt = expiryThen(token, later);
  if (expiresAt !== null && at >= expiresAt) return 'expired';
  const last = events.find(
    ({ action, at: then }) => then <= at && (action === 'token.activated' || action === 'token.deactivated'),
  );
  if (last?.action === 'token.deactivated') return inactiveBecause(last.details['because']);
  // Marks have no dates: of a token that has been recalled since nobody can say when.
  return isRecalled(token, gates) ? 'unknown' : null;
};

/** The first extension after that instant says what it changed. */
const expiryThen = ({ expiresAt }: LookedUpToken, later: readonly AuditEvent[]): Instant | null => {
  const extended = later.findLast(({ action }) => action === 'token.extended');
  if (extended === undefined) return expiresAt;
  const from = extended.details['from'];
  return typeof from === 'string' ? Date.parse(from) : null;
};
