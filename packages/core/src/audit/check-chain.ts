import type { Instant } from '../clock.ts';
import type { Key } from '../crypto.ts';
import {
  type ChainCrypto,
  type ChainedEvent,
  eventDigest,
  missingEventDigest,
  personalDigest,
} from './event-digest.ts';
import { CHAIN_START, type ChainHead, linkOf, macOf, type Seal } from './seal.ts';

/** A head that was written down outside of the database. */
export interface Anchor extends ChainHead {
  readonly organizationId: string;
  readonly sealedAt: Instant;
  readonly mac: string;
  readonly keyId: string;
}

/** A seal with its event; `null` where there is no such row. */
export interface SealedEvent {
  readonly seal: Seal;
  readonly event: ChainedEvent | null;
}

/**
 * What is wrong at a number of the chain:
 * - `seals_missing`: these numbers, up to `through`, are not there;
 * - `event_missing`, `event_changed`: the event was dropped, or is not what was sealed;
 * - `erased_unrecorded`: personal data is gone, and no sealed event says who erased it;
 * - `link_broken`: the seal itself, or the one before it, is not what was chained: an edit, a swap, an insertion;
 * - `mac_wrong`: somebody without the key made it; `key_unknown`: this key isn't known here, so it can't be said;
 * - `anchor_differs`: an anchor names another link: everything since the anchor before it may have been rewritten;
 * - `tail_missing`: the chain ends before an anchor, `through` its number;
 * - `stub_changed`: the stub of these numbers, up to `through`, is not the one that retention left, or one before it is missing;
 * - `stub_unrecorded`: no event of the trail says that retention dropped anything up to this number;
 * - `event_unchained`: the event has no seal and doesn't wait for one: it came past us, or its seal was dropped.
 */
export interface ChainProblem {
  readonly type:
    | 'seals_missing'
    | 'event_missing'
    | 'event_changed'
    | 'erased_unrecorded'
    | 'link_broken'
    | 'mac_wrong'
    | 'key_unknown'
    | 'anchor_differs'
    | 'tail_missing'
    | 'stub_changed'
    | 'stub_unrecorded'
    | 'event_unchained';
  /** `null` for an event without a seal. */
  readonly number: number | null;
  readonly through?: number;
  readonly eventId?: string;
}

/** How far a check has come. Plain data: it can be put away and taken up again. */
export interface ChainProgress {
  /** The last seal that was looked at; `null` before the first of an extract, whose predecessor isn't known. */
  readonly last: ChainHead | null;
  /** Up to here nothing is wrong; stays where the first problem was met. */
  readonly intact: { readonly number: number; readonly sealedAt: Instant } | null;
  /** The newest anchor that agrees, with nothing wrong up to it: what the check vouches for. */
  readonly vouched: { readonly number: number; readonly sealedAt: Instant } | null;
  readonly sound: boolean;
}

export const CHECK_FROM_START: ChainProgress = { last: CHAIN_START, intact: null, vouched: null, sound: true };
/** An extract that begins in the middle. */
export const CHECK_EXTRACT: ChainProgress = { ...CHECK_FROM_START, last: null };

export interface ChainAuthority {
  readonly organizationId: string;
  /** `null`: MACs are not checked, and links and anchors have to do. */
  readonly keys: readonly Key[] | null;
  /** With the time of sealing where it was kept. */
  readonly anchors: readonly (ChainHead & { readonly sealedAt?: Instant })[];
}

/** Personal data that is gone: right only where the sealed event `erasedBy` names this one. */
export interface ErasureClaim {
  readonly number: number;
  readonly eventId: string;
  readonly erasedBy: string;
}

export interface CheckedSlice {
  readonly progress: ChainProgress;
  readonly problems: readonly ChainProblem[];
}

/**
 * AUDIT-WITH-CAUSE: takes a check further by the next seals, in the order of their numbers. Pure: whoever has an export
 * and an anchor can do the same, without this database and without trusting it.
 * @param isErasureRecorded says whether a sealed event stands behind an erasure
 */
export const checkSeals = (
  crypto: ChainCrypto,
  authority: ChainAuthority,
  from: ChainProgress,
  entries: readonly SealedEvent[],
  isErasureRecorded: (claim: ErasureClaim) => boolean,
): CheckedSlice => {
  const problems: ChainProblem[] = [];
  let progress = from;
  for (const entry of entries) {
    const found = [
      ...problemsOfSeal(crypto, authority, progress.last, entry.seal),
      ...problemsOfEvent(crypto, authority.organizationId, entry, isErasureRecorded),
    ];
    problems.push(...found);
    progress = advance(progress, entry.seal, found.length === 0, authority.anchors);
  }
  return { progress, problems };
};

/** The anchors that lie beyond the end of the chain. To be asked once there are no more seals. */
export const checkEnd = ({ anchors }: ChainAuthority, { last }: ChainProgress): readonly ChainProblem[] => {
  const newest = anchors.reduce((most, { number }) => Math.max(most, number), 0);
  const end = last?.number ?? 0;
  return newest > end ? [{ type: 'tail_missing', number: end + 1, through: newest }] : [];
};

const advance = (
  { intact, vouched, sound }: ChainProgress,
  { number, link, sealedAt }: Seal,
  fine: boolean,
  anchors: readonly ChainHead[],
): ChainProgress => {
  const stillSound = sound && fine;
  const here = { number, sealedAt };
  return {
    last: { number, link },
    intact: stillSound ? here : intact,
    vouched: stillSound && anchors.some((anchor) => anchor.number === number) ? here : vouched,
    sound: stillSound,
  };
};

const problemsOfSeal = (
  crypto: ChainCrypto,
  { organizationId, keys, anchors }: ChainAuthority,
  last: ChainHead | null,
  seal: Seal,
): readonly ChainProblem[] => {
  const { number, link, mac, keyId } = seal;
  const problems: ChainProblem[] = [];
  const expected = last === null ? number : last.number + 1;
  if (number > expected) problems.push({ type: 'seals_missing', number: expected, through: number - 1 });
  // After a gap the link before is unknown: the gap says it all.
  else if (last !== null && linkOf(crypto, organizationId, last.link, seal) !== link) {
    problems.push({ type: 'link_broken', number });
  }
  if (keys !== null) {
    const key = keys.find(({ id }) => id === keyId);
    if (key === undefined) problems.push({ type: 'key_unknown', number });
    else if (macOf(crypto, key, link) !== mac) problems.push({ type: 'mac_wrong', number });
  }
  if (anchors.some((anchor) => anchor.number === number && anchor.link !== link)) {
    problems.push({ type: 'anchor_differs', number });
  }
  return problems;
};

const problemsOfEvent = (
  crypto: ChainCrypto,
  organizationId: string,
  { seal, event }: SealedEvent,
  isErasureRecorded: (claim: ErasureClaim) => boolean,
): readonly ChainProblem[] => {
  const { number, eventId } = seal;
  if (event === null) return [{ type: 'event_missing', number, eventId }];
  if (seal.eventDigest === missingEventDigest(crypto, organizationId, eventId)) {
    // It was gone when it was its turn, and somebody has put one there since.
    return [{ type: 'event_changed', number, eventId }];
  }
  const personal = personalDigest(crypto, event);
  const same =
    event.eventId === eventId &&
    event.at === seal.at &&
    (personal === null || personal === seal.personalDigest) &&
    eventDigest(crypto, organizationId, event, seal.personalDigest) === seal.eventDigest;
  if (!same) return [{ type: 'event_changed', number, eventId }];
  if (personal !== null) return [];
  const nothingLeft = event.reason === null && event.address === null && event.client === null;
  const { erasedBy } = event;
  return nothingLeft && erasedBy !== null && isErasureRecorded({ number, eventId, erasedBy })
    ? []
    : [{ type: 'erased_unrecorded', number, eventId }];
};
