import type { Instant } from '../clock.ts';
import { type CacheBounds, createCache, NO_PLACE, TICK_MS } from './cache.ts';
import type { Change } from './change.ts';
import { createDigestTable } from './digest-table.ts';
import type { LookUpAnswer, Origin, VerifierSource } from './finding.ts';
import { createRecentKeys } from './recent-keys.ts';
import { findingOf, judgedFor, type Known, Remembered } from './remembered.ts';
import type { Rules } from './rules.ts';
import { type Coherence, UNVOUCHED } from './snapshot.ts';
import type { Granted, LookUpStart, Trust, TrustOptions } from './trust.ts';
import type { Use, Uses } from './uses.ts';
import { type Accepted, UNAUTHORIZED, type Verdict } from './verdict.ts';

export interface VerifierOptions<S> extends TrustOptions, CacheBounds {
  readonly source: VerifierSource<S>;
  /** SHA-256 of the text as a binary string: what decides is kept under it, and no plain token stays in memory. */
  readonly keyOf: (presentedToken: string) => string;
  /** Of how many secrets the last use is held until it is taken; 100,000 where left out. */
  readonly maxUses?: number;
}

export interface VerifierMetrics {
  /** Answered from memory, refusals among them. */
  readonly hits: number;
  readonly refusedHits: number;
  /** Look-ups that were begun. */
  readonly misses: number;
  /** Verifications that waited for somebody else's look-up. */
  readonly joined: number;
  /** Texts that could not be a token. */
  readonly impossible: number;
  readonly failures: number;
  /** Look-ups whose result could not be kept, because something that touches it was heard of or it came from elsewhere. */
  readonly overtaken: number;
  readonly entries: number;
  readonly bytes: number;
  readonly evictions: number;
  /** Milliseconds since the last good poll began; `null` before the first. */
  readonly staleMs: number | null;
  readonly lease: 'valid' | 'expired' | 'none';
  readonly usesWaiting: number;
}

export interface Verifier<S> {
  /**
   * Presented text -> verdict. Out of memory where that is as good as asking, and then synchronous; asks otherwise.
   * @throws whatever the source's look-up throws (as a rejection): nobody is accepted, and it is no 401 either.
   */
  verify(presentedToken: string, origin?: Origin): Verdict<S> | Promise<Verdict<S>>;
  /**
   * The same for somebody who judges by itself and may keep it: what was found, and what is vouched for. TENANT-WALL: of
   * other organizations' tokens nothing is found. No use is noted.
   */
  find(presentedToken: string, origin?: Origin): LookUpAnswer<S> | Promise<LookUpAnswer<S>>;
  /** Whether this verdict would be given again now, out of memory: for the next decision with it. If not, verify again. */
  stands(verdict: Accepted<S>): boolean;
  /** After `apply` of what the same poll has brought. */
  trust(granted: Granted): void;
  /** Synchronously forgets what the changes touch. */
  apply(changes: readonly Change[], coherence: Coherence): void;
  /** Another incarnation, or a new registration: everything is forgotten, and nothing is trusted until `trust`. */
  distrust(): void;
  /** What it last applied; `null` while it trusts nothing. */
  coherence(): Coherence | null;
  /** What is left of its lease at this moment, for those whom it tells; `null` for none. */
  lease(): { readonly until: number; readonly databaseNow: Instant } | null;
  /** Last uses since they were taken before. */
  takeUses(limit: number): readonly Use[];
  metrics(): VerifierMetrics;
}

interface Flight<S> {
  readonly ordinal: number;
  readonly landed: Promise<Landed<S>>;
}

interface Landed<S> {
  readonly found: Remembered<S> | null;
  /** False where it is this origin's alone. */
  readonly keep: boolean;
  readonly coherence: Coherence;
  /** Whether it may be kept, and be told to who came later. */
  readonly coherent: boolean;
  /** When it becomes older than anything may be that is told to somebody who came later; on the monotonic clock. */
  readonly diesAt: number;
}

/** No token is longer (`parseToken`); what is isn't even digested (BOUNDED-WORK). */
const MAX_LENGTH = 128;

/** Of the texts that could not be a token, how many are known as such. */
const MAX_IMPOSSIBLE = 5_000;

/** What somebody else's keys say is believed for so long: keys are added, seldom, and minted with soon. */
const TOLD_MS = 30_000;

const NOWHERE: Origin = Object.freeze({});

/** The verifier with its rules as a parameter: what the package offers has `RULES`. */
export const createVerifierWith = <S>(
  { source, keyOf, ...bounds }: VerifierOptions<S>,
  { trust, uses, rules }: { readonly trust: Trust; readonly uses: Uses<Remembered<S>>; readonly rules: Rules },
): Verifier<S> => {
  const cache = createCache<Remembered<S>>(trust, bounds, rules, createDigestTable());
  /** What can't be a token by itself never will be: whoever tries it again and again costs a digest. */
  const impossible = createRecentKeys(MAX_IMPOSSIBLE);
  /** The same by the word of whom we trust, and no longer than that. */
  const toldImpossible = createRecentKeys(MAX_IMPOSSIBLE);
  let toldSince = 0;
  trust.attach({ forgetToken: () => undefined, clear: toldImpossible.clear });
  const flights = new Map<string, Flight<S>>();
  let ordinals = 0;
  const counts = { hits: 0, refusedHits: 0, misses: 0, joined: 0, impossible: 0, failures: 0, overtaken: 0 };

  const judge = (found: Remembered<S> | null, origin: Origin, at: number): Verdict<S> => {
    const verdict = judgedFor(found, origin);
    if (verdict.accepted && found !== null) uses.note(found, at, origin.address, origin.client);
    return verdict;
  };

  const land = (key: string, start: LookUpStart, { finding, coherence }: LookUpAnswer<S>): Landed<S> => {
    const about = finding.outcome === 'unknown' ? null : finding.about;
    const coherent = trust.isCoherent(start, coherence, about);
    const landed = { keep: true, coherence, coherent, diesAt: start.at + (about?.maxAgeMs ?? 0) };
    if (finding.outcome === 'unknown') {
      if (coherent && rules.mayKeepUnknown) keep(key, unknownAs(key), start);
      if (coherent && finding.impossible === true) toldImpossible.add(key);
      return { ...landed, found: null };
    }
    if (!coherent) counts.overtaken += 1;
    const isKept = finding.outcome === 'refused' || finding.keep;
    const found = coherent && isKept ? keep(key, finding, start) : new Remembered(NO_PLACE, finding);
    return { ...landed, keep: isKept, found };
  };
  const keep = (key: string, finding: Known<S>, start: LookUpStart): Remembered<S> =>
    cache.set(key, finding.about, start, (place) => new Remembered(place, finding));

  // Asynchronous, so that what it throws is a rejection: a flight has to be known before it lands.
  const lookUp = async (presentedToken: string, origin: Origin) => source.lookUp(presentedToken, origin);

  const begin = (key: string, textKey: string, presentedToken: string, origin: Origin): Flight<S> => {
    counts.misses += 1;
    const start = trust.begin();
    const ordinal = ordinals++;
    const asked = lookUp(presentedToken, origin);
    const landed = (async () => {
      try {
        return land(textKey, start, await asked);
      } catch (error) {
        counts.failures += 1;
        throw error;
      } finally {
        trust.end(start);
        if (flights.get(key)?.ordinal === ordinal) flights.delete(key);
      }
    })();
    const flight = { ordinal, landed };
    flights.set(key, flight);
    return flight;
  };

  const ask = async (textKey: string, presentedToken: string, origin: Origin): Promise<Landed<S>> => {
    const from = ordinals;
    // TENANT-WALL: to a look-up for some organizations the others' tokens are unknown; nobody else may hear that.
    const { organizationIds } = origin;
    const key = organizationIds == null ? textKey : `${textKey} ${organizationIds.join(' ')}`;
    // Twice at most: the second one was begun after this verification, by somebody who waited for the same first one.
    for (let round = 0; round < 2; round += 1) {
      const flight = flights.get(key);
      if (flight === undefined) break;
      counts.joined += 1;
      const landed = await flight.landed;
      const { found } = landed;
      const beganAfter = flight.ordinal >= from;
      const now = trust.now();
      // An unknown token may have been issued since: nothing is ever heard of that. Nor of what a remote host knows of an owner,
      // which ages.
      const coherent = landed.coherent && found !== null && rules.isYoung(now, landed.diesAt);
      const shared = { beganAfter, coherent, leased: trust.holds(now) };
      if (!rules.mayJoin(shared)) continue;
      // A first use that was not recorded, for it would have been refused, has to be recorded for this origin.
      if (!landed.keep && judgedFor(found, origin).accepted) continue;
      return landed;
    }
    return begin(key, textKey, presentedToken, origin).landed;
  };
  const askAndJudge = async (key: string, presentedToken: string, origin: Origin): Promise<Verdict<S>> =>
    judge((await ask(key, presentedToken, origin)).found, origin, trust.now());
  const askAndTell = async (key: string, presentedToken: string, origin: Origin): Promise<LookUpAnswer<S>> => {
    const { found, keep, coherence } = await ask(key, presentedToken, origin);
    return { finding: findingOf(found, origin, { keep }), coherence };
  };

  /** What is remembered and counts, at this use. */
  const recall = (key: string, at: number): Remembered<S> | null => {
    if (!trust.holds(at)) return null;
    const entry = cache.get(key, at);
    if (entry === null) return null;
    // Written only where it changes something: a line of memory that is only read stays clean.
    if (!entry.touched) entry.touched = true;
    counts.hits += 1;
    return entry;
  };
  const isToldImpossible = (key: string, at: number): boolean => {
    if (at - toldSince >= TOLD_MS) {
      toldSince = at;
      toldImpossible.clear();
    }
    return toldImpossible.has(key);
  };
  const isImpossible = (key: string, presentedToken: string, at: number): boolean => {
    if (!impossible.has(key) && !isToldImpossible(key, at)) {
      if (source.mayBeToken?.(presentedToken) !== false) return false;
      impossible.add(key);
    }
    counts.impossible += 1;
    return true;
  };

  return {
    verify: (presentedToken, origin = NOWHERE) => {
      if (presentedToken.length > MAX_LENGTH) {
        counts.impossible += 1;
        return UNAUTHORIZED;
      }
      const key = keyOf(presentedToken);
      const at = trust.now();
      const entry = recall(key, at);
      if (entry !== null) {
        const verdict = judge(entry, origin, at);
        if (!verdict.accepted) counts.refusedHits += 1;
        return verdict;
      }
      return isImpossible(key, presentedToken, at) ? UNAUTHORIZED : askAndJudge(key, presentedToken, origin);
    },
    find: (presentedToken, origin = NOWHERE) => {
      const coherence = trust.coherence() ?? UNVOUCHED;
      if (presentedToken.length > MAX_LENGTH) return { finding: IMPOSSIBLE, coherence };
      const key = keyOf(presentedToken);
      const at = trust.now();
      const entry = recall(key, at);
      if (entry !== null)
        return { finding: findingOf(entry, origin, { maxAgeMs: entry.diesAtTick * TICK_MS - at }), coherence };
      return isImpossible(key, presentedToken, at)
        ? { finding: IMPOSSIBLE, coherence }
        : askAndTell(key, presentedToken, origin);
    },
    stands: (verdict) => {
      if (!(verdict instanceof Remembered)) return false;
      const at = trust.now();
      return trust.holds(at) && cache.isCurrent(verdict, at);
    },
    trust: trust.trust,
    apply: trust.apply,
    distrust: trust.distrust,
    coherence: trust.coherence,
    lease: () => trust.lease(trust.now()),
    takeUses: (limit) => uses.take(limit, { secretOf, instantOf: trust.databaseNow }),
    metrics: () => {
      const at = trust.now();
      const { entries: kept, bytes, evictions } = cache.metrics();
      const state = { staleMs: trust.staleMs(at), lease: trust.state(at), usesWaiting: uses.waiting() };
      return { ...counts, entries: kept, bytes, evictions, ...state };
    },
  };
};

const IMPOSSIBLE = Object.freeze({ outcome: 'unknown', impossible: true } as const);

const secretOf = ({ about, secretNumber }: Remembered<unknown>) => {
  const { organizationId, tokenId } = about;
  return { organizationId, tokenId, secretNumber };
};

/** Only by a rule that no verifier has: to show that it is caught. */
const unknownAs = (key: string): Known<never> => ({
  outcome: 'refused',
  status: 401,
  about: { organizationId: '', tokenId: key, ownerId: null, dependsOnPermissions: false, maxAgeMs: 60_000, bytes: 0 },
});
