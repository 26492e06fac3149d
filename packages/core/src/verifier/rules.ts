import { type Coherence, includes, parseSnapshot } from './snapshot.ts';

/**
 * What keeps an answer from memory as good as one that was asked for (DEAD-ON-RETURN), each rule by itself. They are a
 * parameter so that a test can take one away and see what breaks; the package offers no way to.
 */
export interface Rules {
  /** Checked at each use: a process that was paused wakes up untrusted. Milliseconds of the monotonic clock. */
  readonly isWithinLease: (now: number, leaseUntil: number) => boolean;
  /** A suspended machine's monotonic clock stands still; its wall clock doesn't. By how much it moved since the poll began. */
  readonly isWallClockSound: (movedMs: number, leaseMs: number) => boolean;
  /** Whether nothing that touches it has been heard of since the look-up began. */
  readonly isUntouched: (touched: boolean) => boolean;
  /** Whether the trust at the look-up's beginning, and with it the log of changes, is still the present one. */
  readonly isSameTrust: (start: number | null, present: number) => boolean;
  readonly isSameIncarnation: (answer: Coherence, trusted: Coherence) => boolean;
  /** Whether the answer takes into account all that this verifier had heard of when it asked: another node may lag. */
  readonly isAsNew: (answer: Coherence, trusted: Coherence) => boolean;
  /** An unknown token may be issued in the next moment, and verifies everywhere at once. */
  readonly mayKeepUnknown: boolean;
  /** A look-up that was begun for somebody else may have read what was stopped before this verification began. */
  readonly mayJoin: (join: {
    readonly beganAfter: boolean;
    readonly coherent: boolean;
    readonly leased: boolean;
  }) => boolean;
  /** Whether nothing that touches it has been heard of since it was looked up: two numbers of one sequence of changes. */
  readonly isCurrent: (lookedUpAt: number, changedAt: number) => boolean;
  /** A fixed age, whatever else: milliseconds of the monotonic clock. */
  readonly isYoung: (now: number, diesAt: number) => boolean;
  /** CLOCK-EXPIRY: by the database's clock. */
  readonly isBeforeEnd: (now: number, until: number) => boolean;
  /** BOUNDED-WORK: how many may be kept, and their bytes together. */
  readonly fits: (count: number, maxCount: number, bytes: number, maxBytes: number) => boolean;
}

export const RULES: Rules = Object.freeze({
  isWithinLease: (now, leaseUntil) => now < leaseUntil,
  isWallClockSound: (movedMs, leaseMs) => movedMs >= 0 && movedMs <= leaseMs,
  isUntouched: (touched) => !touched,
  isSameTrust: (start, present) => start === present,
  isSameIncarnation: (answer, trusted) => answer.incarnation === trusted.incarnation,
  isAsNew: (answer, trusted) =>
    answer.snapshot === trusted.snapshot || includes(parseSnapshot(answer.snapshot), parseSnapshot(trusted.snapshot)),
  mayKeepUnknown: false,
  mayJoin: ({ beganAfter, coherent, leased }) => beganAfter || (coherent && leased),
  isCurrent: (lookedUpAt, changedAt) => lookedUpAt >= changedAt,
  isYoung: (now, diesAt) => now < diesAt,
  isBeforeEnd: (now, until) => now < until,
  fits: (count, maxCount, bytes, maxBytes) => count <= maxCount && bytes <= maxBytes,
} satisfies Rules);
