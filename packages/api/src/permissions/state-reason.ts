import { isOwnerRemoved, isRecalled } from '@latchkey/core/lifecycle';
import type { TokenLookup } from '@latchkey/store';

/** What refuses a token or a member whatever its permissions are. */
export type StateReason =
  | 'not_issued'
  | 'wrong_secret'
  | 'superseded'
  | 'revoked'
  | 'recalled'
  | 'expired'
  | 'owner_removed'
  | 'member_removed'
  | 'pending'
  | 'inactive'
  /** Deactivated by a setting of the organization. */
  | 'idle'
  | 'late_use'
  | 'address';

/** In the order of `verdictOf`: what a caller who presents the token would be refused for first. */
export const stateNow = ({ token, now, ...gates }: TokenLookup): StateReason | null => {
  if (token.state === 'revoked') return 'revoked';
  if (isRecalled(token, gates)) return 'recalled';
  if (token.expiresAt !== null && now >= token.expiresAt) return 'expired';
  if (isOwnerRemoved(token, gates)) return 'owner_removed';
  return token.state === 'inactive'
    ? inactiveBecause(token.deactivatedBecause)
    : token.state === 'active'
      ? null
      : token.state;
};

/** Why it is inactive: where a setting of the organization has done it, that. */
export const inactiveBecause = (because: unknown): Extract<StateReason, 'inactive' | 'idle' | 'late_use'> =>
  because === 'idle' || because === 'late_use' ? because : 'inactive';
