import type { Instant } from '@latchkey/core';
import { addressIsWithin } from '@latchkey/core/lifecycle';
import type { TokenLookup } from '@latchkey/store';
import type { StateReason } from './state-reason.ts';

/** How a token was presented, as far as whoever asks knows it. */
export interface Presented {
  /** The last characters of the text: which of the token's secrets it was. */
  readonly hint?: string | undefined;
  readonly address?: string | undefined;
}

/** What refuses the way in which a token was presented; before its state, the secret, and after it, the address. */
export interface PresentedReason {
  readonly secret: Extract<StateReason, 'wrong_secret' | 'superseded'> | null;
  readonly address: 'address' | null;
}

/**
 * By the hint, which stands in lists: nobody who asks presents a secret. Several secrets of a token may have one hint, as
 * seldom as it is: what one of them would be accepted for isn't refused. What isn't said isn't judged.
 */
export const presentedReason = (
  { token, secrets }: Pick<TokenLookup, 'token' | 'secrets'>,
  { hint, address }: Presented,
  at: Instant,
): PresentedReason => {
  const meant = secrets.filter((secret) => secret.hint === hint && secret.createdAt <= at);
  const isLive = meant.some(({ acceptedUntil }) => acceptedUntil === null || at < acceptedUntil);
  const isOutside =
    address !== undefined && token.addressRanges.length > 0 && !addressIsWithin(token.addressRanges, address);
  return {
    secret: hint === undefined || isLive ? null : meant.length === 0 ? 'wrong_secret' : 'superseded',
    address: isOutside ? 'address' : null,
  };
};

/** In the order of `verdictOf`. An address that isn't in the ranges refuses whatever state nobody knows any more. */
export const firstReason = (
  state: StateReason | 'unknown' | null,
  { secret, address }: PresentedReason,
): StateReason | 'unknown' | null => {
  // Before its issue there was nothing to present.
  if (state === 'not_issued') return state;
  return secret ?? (state === null || state === 'unknown' ? (address ?? state) : state);
};
