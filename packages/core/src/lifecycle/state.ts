import type { ErrorCode } from '../errors/code.ts';

/** Stored. `expired` is none of them: it is read from the clock (CLOCK-EXPIRY). */
export type TokenState = 'pending' | 'active' | 'inactive' | 'revoked';

/** `confirm` ends `pending`, once the host has confirmed the revision of the issuer's permissions. */
export type TokenVerb = 'confirm' | 'activate' | 'deactivate' | 'revoke' | 'rotate';

export interface TransitionFacts {
  /** A personal token's owner is gone, or has come back as somebody new: `isOwnerRemoved`. */
  readonly ownerRemoved: boolean;
  /** The organization's or the installation's mark has grown past the token's: `isRecalled`. */
  readonly recalled: boolean;
}

/**
 * `changed` is false where the token already stands where the verb says. Saying it twice is one effect, but not no
 * work: a stopping verb that changes nothing still writes a change and settles (DEAD-ON-RETURN).
 */
export type Transition =
  | { readonly ok: true; readonly to: TokenState; readonly changed: boolean }
  | {
      readonly ok: false;
      readonly code: Extract<ErrorCode, 'TOKEN_REVOKED' | 'TOKEN_OWNER_REMOVED' | 'TOKEN_INACTIVE'>;
    };

const TABLE = {
  pending: {
    confirm: 'active',
    // COVERED-AT-ISSUE: only `confirm` may start it, or activating would go around the host's confirmation.
    activate: 'TOKEN_INACTIVE',
    // For the same reason: as an inactive token it could be activated unconfirmed. Nobody has its secret yet.
    deactivate: 'revoked',
    revoke: 'revoked',
    rotate: 'TOKEN_INACTIVE',
  },
  active: { confirm: 'active', activate: 'active', deactivate: 'inactive', revoke: 'revoked', rotate: 'active' },
  inactive: {
    // Stopped after it had been confirmed: a confirmation that is told twice must not start it again.
    confirm: 'inactive',
    activate: 'active',
    deactivate: 'inactive',
    revoke: 'revoked',
    // After a leak one deactivates, rotates and activates: the leaked secret is never accepted in between.
    rotate: 'inactive',
  },
  // TERMINAL: what stops finds it stopped; nothing starts it.
  revoked: {
    confirm: 'TOKEN_REVOKED',
    activate: 'TOKEN_REVOKED',
    deactivate: 'revoked',
    revoke: 'revoked',
    rotate: 'TOKEN_REVOKED',
  },
} as const satisfies Record<TokenState, Record<TokenVerb, TokenState | 'TOKEN_REVOKED' | 'TOKEN_INACTIVE'>>;

const STOPPING: ReadonlySet<TokenVerb> = new Set(['deactivate', 'revoke']);

/** Where a verb takes a token, or why it doesn't. Stopping is never refused; a stopped token stays stopped for good. */
export const transition = (state: TokenState, verb: TokenVerb, facts: TransitionFacts): Transition => {
  const cell = TABLE[state][verb];
  if (cell === 'TOKEN_REVOKED' || cell === 'TOKEN_INACTIVE') return { ok: false, code: cell };
  // TERMINAL: marks only grow, so neither can end. Such a token would be refused in any state; it says so here.
  if (!STOPPING.has(verb) && facts.ownerRemoved) return { ok: false, code: 'TOKEN_OWNER_REMOVED' };
  if (!STOPPING.has(verb) && facts.recalled) return { ok: false, code: 'TOKEN_REVOKED' };
  return { ok: true, to: cell, changed: cell !== state };
};
