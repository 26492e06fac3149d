import type { Instant } from '../clock.ts';
import { type Change, type Scope, touches } from './change.ts';
import type { Rules } from './rules.ts';
import { createScopes, type Scopes } from './scopes.ts';
import { type Coherence, includes, parseSnapshot } from './snapshot.ts';

/** What a good poll gives. Monotonic times are milliseconds of the verifier's own clock, wherever they begin. */
export interface Granted {
  readonly coherence: Coherence;
  /** On the monotonic clock; never later than the lease after `nowAt`. */
  readonly leaseUntil: number;
  /** The database's clock, read after the poll had begun. */
  readonly now: Instant;
  /** When the poll began, on the monotonic clock and on the wall clock. */
  readonly nowAt: number;
  readonly wallAt: number;
}

export interface TrustOptions {
  /** Milliseconds, never backwards: `performance.now()`. */
  readonly monotonic: () => number;
  /** Milliseconds since 1970: `Date.now()`. */
  readonly wall: () => Instant;
  readonly leaseMs: number;
}

/** Where in the sequence of changes a look-up began. */
export interface LookUpStart {
  readonly at: number;
  readonly number: number;
  /** `null` where nothing was trusted at that moment. */
  readonly epoch: number | null;
  readonly coherence: Coherence | null;
}

/** What keeps copies of what was looked up. */
export interface Keeper {
  forgetToken(tokenId: string): void;
  clear(): void;
}

/** What a verifier knows of how far it may believe its own memory. One for all its caches. */
export interface Trust {
  readonly scopes: Scopes;
  now(): number;
  /** Whether what is remembered counts, at this very use. */
  holds(at: number): boolean;
  state(at: number): 'valid' | 'expired' | 'none';
  /** Since the last good poll began; `null` where there was none. */
  staleMs(at: number): number | null;
  /**
   * The database's clock, rather early than late: its time at the last poll and what has passed since that poll began.
   * Before the first poll it is the machine's own: nothing that is remembered is judged by that.
   */
  databaseNow(at: number): Instant;
  coherence(): Coherence | null;
  /** What is left of the lease, for those who are told by this verifier; `null` where it has none. */
  lease(at: number): { readonly until: number; readonly databaseNow: Instant } | null;
  /** What was looked up before this number is out of date, whatever it is about. */
  clearedAt(): number;
  /** To be ended, whatever becomes of the look-up. */
  begin(): LookUpStart;
  end(start: LookUpStart): void;
  /** Whether an answer that took `answer` into account is as good as one that would be asked for now. */
  isCoherent(start: LookUpStart, answer: Coherence, scope: Scope | null): boolean;
  attach(keeper: Keeper): void;
  trust(granted: Granted): void;
  apply(changes: readonly Change[], coherence: Coherence): void;
  distrust(): void;
}

/** Changes that are remembered while look-ups are under way. BOUNDED-WORK: after more, those look-ups aren't kept. */
const MAX_LOG = 4_096;

export const createTrust = ({ monotonic, wall, leaseMs }: TrustOptions, rules: Rules): Trust => {
  const scopes = createScopes();
  const keepers: Keeper[] = [];
  let granted: Granted | null = null;
  let leaseUntil = Number.NEGATIVE_INFINITY;
  let wallAt = 0;
  let coherence: Coherence | null = null;
  let epoch = 0;
  /** How many changes have been heard of. */
  let number = 0;
  let clearedAt = 0;
  let underWay = 0;
  let log: Change[] = [];
  /** The number before the first change of the log. */
  let logFrom = 0;

  const clear = () => {
    number += 1;
    clearedAt = number;
    log = [];
    logFrom = number;
    for (const keeper of keepers) keeper.clear();
  };
  const distrust = () => {
    epoch += 1;
    granted = null;
    leaseUntil = Number.NEGATIVE_INFINITY;
    coherence = null;
    clear();
  };
  const note = (change: Change) => {
    number += 1;
    if (underWay === 0 || log.length >= MAX_LOG) {
      log = [];
      logFrom = number;
    } else log.push(change);
    if (change.subject === 'installation') clear();
    else if (change.subject === 'token' || change.subject === 'credential') {
      for (const keeper of keepers) keeper.forgetToken(change.id);
    } else scopes.note(change, number);
  };
  /** Whoever trusts something else than before, or something older, begins anew. */
  const follow = (next: Coherence) => {
    if (coherence !== null && !follows(next, coherence)) distrust();
    coherence = next;
  };
  const wasTouched = (start: LookUpStart, scope: Scope | null): boolean => {
    if (start.number < logFrom) return true;
    for (let i = start.number - logFrom; i < log.length; i += 1) {
      if (scope === null || touches(log[i] as Change, scope)) return true;
    }
    return false;
  };

  const holds = (at: number): boolean =>
    granted !== null && rules.isWithinLease(at, leaseUntil) && rules.isWallClockSound(wall() - wallAt, leaseMs);
  const databaseNow = (at: number): Instant =>
    granted === null ? wall() - (monotonic() - at) : granted.now + (at - granted.nowAt);

  return {
    scopes,
    now: monotonic,
    holds,
    state: (at) => (granted === null ? 'none' : holds(at) ? 'valid' : 'expired'),
    lease: (at) => (holds(at) ? { until: leaseUntil, databaseNow: databaseNow(at) } : null),
    staleMs: (at) => (granted === null ? null : at - granted.nowAt),
    databaseNow,
    coherence: () => coherence,
    clearedAt: () => clearedAt,
    begin: () => {
      if (underWay === 0) {
        log = [];
        logFrom = number;
      }
      underWay += 1;
      return { at: monotonic(), number, epoch: coherence === null ? null : epoch, coherence };
    },
    end: () => {
      underWay -= 1;
    },
    isCoherent: (start, answer, scope) => {
      const trusted = start.coherence ?? coherence;
      return (
        coherence !== null &&
        trusted !== null &&
        rules.isSameTrust(start.epoch, epoch) &&
        rules.isSameIncarnation(answer, trusted) &&
        // FAIL-CLOSED: it comes from elsewhere, and what can't be read is no snapshot.
        unlessUnreadable(() => rules.isAsNew(answer, trusted)) &&
        rules.isUntouched(wasTouched(start, scope))
      );
    },
    attach: (keeper) => void keepers.push(keeper),
    trust: (next) => {
      follow(next.coherence);
      // The monotonic clock stood still while the wall clock went on: nobody knows how old anything is.
      if (granted !== null && next.wallAt - granted.wallAt - (next.nowAt - granted.nowAt) > leaseMs) clear();
      granted = next;
      leaseUntil = Math.min(next.leaseUntil, next.nowAt + leaseMs);
      wallAt = next.wallAt;
    },
    apply: (changes, next) => {
      follow(next);
      for (const change of changes) note(change);
    },
    distrust,
  };
};

const follows = (next: Coherence, before: Coherence): boolean =>
  next.incarnation === before.incarnation &&
  (next.snapshot === before.snapshot ||
    unlessUnreadable(() => includes(parseSnapshot(next.snapshot), parseSnapshot(before.snapshot))));

const unlessUnreadable = (compare: () => boolean): boolean => {
  try {
    return compare();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};
