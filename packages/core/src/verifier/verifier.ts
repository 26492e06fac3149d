import type { Instant } from '../clock.ts';
import { addressIsWithin } from '../lifecycle/cidr.ts';
import { type CacheBounds, createCache, type Entry, TICK_MS } from './cache.ts';
import type { Change } from './change.ts';
import type { About, Finding, LookUpAnswer, Origin, VerifierSource } from './finding.ts';
import { createRecentKeys } from './recent-keys.ts';
import type { Rules } from './rules.ts';
import { type Coherence, UNVOUCHED } from './snapshot.ts';
import type { Granted, LookUpStart, Trust, TrustOptions } from './trust.ts';
import type { Use, UseSlot, Uses } from './uses.ts';
import { type Accepted, REFUSED_FOR, type Refused, UNAUTHORIZED, type Verdict, WRONG_ADDRESS } from './verdict.ts';

export interface VerifierOptions<S> extends TrustOptions, CacheBounds {
  readonly source: VerifierSource<S>;
  /** A digest of the text, collision-resistant: what decides is kept under it, and no plain token stays in memory. */
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

/** What is kept for a text, in one place of memory: with a million of them, each further place costs a hit its speed. */
interface Remembered<S> extends UseSlot {
  readonly about: About;
  /** Made once, so that a hit allocates nothing. */
  readonly verdict: Judged<S> | Refused;
  /** `null` for any address. */
  readonly addressRanges: readonly string[] | null;
  /** False where it is this origin's alone. */
  readonly keep: boolean;
}

/** A verdict knows where it is kept. Not in a WeakMap: with a million verdicts it would keep the garbage collector busy. */
interface Judged<S> extends Accepted<S> {
  [KEPT]: Entry<Remembered<S> | null> | null;
}

/** A symbol, so that whoever writes a verdict into a log or an answer doesn't write our memory with it. */
const KEPT = Symbol('kept');

interface Flight<S> {
  readonly ordinal: number;
  readonly landed: Promise<Landed<S>>;
}

interface Landed<S> {
  readonly found: Remembered<S> | null;
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

const NOWHERE: Origin = Object.freeze({});

/** The verifier with its rules as a parameter: what the package offers has `RULES`. */
export const createVerifierWith = <S>(
  { source, keyOf, ...bounds }: VerifierOptions<S>,
  { trust, uses, rules }: { readonly trust: Trust; readonly uses: Uses; readonly rules: Rules },
): Verifier<S> => {
  const cache = createCache<Remembered<S> | null>(trust, bounds, rules);
  /** What can't be a token by itself never will be: whoever tries it again and again costs a digest. */
  const impossible = createRecentKeys(MAX_IMPOSSIBLE);
  const flights = new Map<string, Flight<S>>();
  let ordinals = 0;
  const counts = { hits: 0, refusedHits: 0, misses: 0, joined: 0, impossible: 0, failures: 0, overtaken: 0 };

  const refusalFor = (found: Remembered<S> | null, origin: Origin): Refused | null => {
    if (found === null) return UNAUTHORIZED;
    // TENANT-WALL: to whoever asks for some organizations only, the others' tokens are unknown, whatever their state.
    const within = origin.organizationIds;
    if (within != null && !within.includes(found.organizationId)) return UNAUTHORIZED;
    const { verdict, addressRanges } = found;
    if (!verdict.accepted) return verdict;
    if (addressRanges !== null && !addressIsWithin(addressRanges, origin.address ?? undefined)) return WRONG_ADDRESS;
    return null;
  };
  const judge = (found: Remembered<S> | null, origin: Origin, at: number): Verdict<S> => {
    const refusal = refusalFor(found, origin);
    if (refusal !== null || found === null) return refusal ?? UNAUTHORIZED;
    uses.note(found, at, origin.address, origin.client);
    return found.verdict;
  };

  const land = (key: string, start: LookUpStart, { finding, coherence }: LookUpAnswer<S>): Landed<S> => {
    const about = finding.outcome === 'unknown' ? null : finding.about;
    const coherent = trust.isCoherent(start, coherence, about);
    const diesAt = start.at + (about?.maxAgeMs ?? 0);
    if (finding.outcome === 'unknown') {
      if (coherent && rules.mayKeepUnknown) cache.set(key, UNKNOWN, start);
      return { found: null, coherence, coherent, diesAt };
    }
    if (!coherent) counts.overtaken += 1;
    const found = toRemembered(finding);
    if (coherent && found.keep) {
      const until = finding.outcome === 'accepted' ? finding.until : null;
      const entry = cache.set(key, { value: found, about: finding.about, until }, start);
      if (found.verdict.accepted) found.verdict[KEPT] = entry;
    }
    return { found, coherence, coherent, diesAt };
  };

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
      if (found?.keep === false && refusalFor(found, origin) === null) continue;
      return landed;
    }
    return begin(key, textKey, presentedToken, origin).landed;
  };
  const askAndJudge = async (key: string, presentedToken: string, origin: Origin): Promise<Verdict<S>> =>
    judge((await ask(key, presentedToken, origin)).found, origin, trust.now());
  const askAndTell = async (key: string, presentedToken: string, origin: Origin): Promise<LookUpAnswer<S>> => {
    const { found, coherence } = await ask(key, presentedToken, origin);
    return { finding: findingOf(found, origin, null), coherence };
  };

  /** What is remembered and counts, at this use. */
  const recall = (key: string, at: number): Entry<Remembered<S> | null> | null => {
    if (!trust.holds(at)) return null;
    const entry = cache.get(key, at);
    if (entry === null) return null;
    // Written only where it changes something: a line of memory that is only read stays clean.
    if (!entry.touched) entry.touched = true;
    counts.hits += 1;
    return entry;
  };
  const isImpossible = (key: string, presentedToken: string): boolean => {
    if (!impossible.has(key)) {
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
        const verdict = judge(entry.value, origin, at);
        if (!verdict.accepted) counts.refusedHits += 1;
        return verdict;
      }
      return isImpossible(key, presentedToken) ? UNAUTHORIZED : askAndJudge(key, presentedToken, origin);
    },
    find: (presentedToken, origin = NOWHERE) => {
      const coherence = trust.coherence() ?? UNVOUCHED;
      if (presentedToken.length > MAX_LENGTH) return { finding: NOTHING, coherence };
      const key = keyOf(presentedToken);
      const at = trust.now();
      const entry = recall(key, at);
      if (entry !== null)
        return { finding: findingOf(entry.value, origin, entry.diesAtTick * TICK_MS - at), coherence };
      return isImpossible(key, presentedToken)
        ? { finding: NOTHING, coherence }
        : askAndTell(key, presentedToken, origin);
    },
    stands: (verdict) => {
      const kept = (verdict as Partial<Judged<S>>)[KEPT];
      if (kept == null) return false;
      const at = trust.now();
      return trust.holds(at) && cache.isCurrent(kept, at);
    },
    trust: trust.trust,
    apply: trust.apply,
    distrust: trust.distrust,
    coherence: trust.coherence,
    lease: () => trust.lease(trust.now()),
    takeUses: (limit) => uses.take(limit, trust.databaseNow),
    metrics: () => {
      const at = trust.now();
      const { entries: kept, bytes, evictions } = cache.metrics();
      const state = { staleMs: trust.staleMs(at), lease: trust.state(at), usesWaiting: uses.waiting() };
      return { ...counts, entries: kept, bytes, evictions, ...state };
    },
  };
};

const NOTHING = Object.freeze({ outcome: 'unknown' } as const);

/** `maxAgeMs`: what is left of it, where it was kept. */
const findingOf = <S>(found: Remembered<S> | null, origin: Origin, maxAgeMs: number | null): Finding<S> => {
  const within = origin.organizationIds;
  if (found === null || (within != null && !within.includes(found.organizationId))) return NOTHING;
  const about = maxAgeMs === null ? found.about : { ...found.about, maxAgeMs };
  const { verdict, addressRanges, keep } = found;
  if (!verdict.accepted) {
    // An address is judged by whoever asks; it is no finding of a token.
    const reason = verdict.status === 403 && verdict.reason !== 'address' ? verdict.reason : undefined;
    return { outcome: 'refused', status: verdict.status, reason, about };
  }
  const { secretNumber, superseded, until, subject } = verdict;
  return {
    outcome: 'accepted',
    about,
    secretNumber,
    superseded,
    until,
    addressRanges: addressRanges ?? [],
    subject,
    keep,
  };
};

const UNKNOWN = Object.freeze({
  value: null,
  about: { organizationId: '', tokenId: null, ownerId: null, dependsOnPermissions: false, maxAgeMs: 60_000, bytes: 0 },
  until: null,
});

const toRemembered = <S>(finding: Exclude<Finding<S>, { readonly outcome: 'unknown' }>): Remembered<S> => {
  const { about } = finding;
  if (finding.outcome === 'refused') return rememberedOf(about, refusalOf(finding), null, 0, true);
  const { secretNumber, superseded, until, subject, addressRanges, keep } = finding;
  const verdict: Judged<S> = { accepted: true, subject, about, secretNumber, superseded, until, [KEPT]: null };
  return rememberedOf(about, verdict, addressRanges.length === 0 ? null : addressRanges, secretNumber, keep);
};

/** Made in one place, so that all of them are of one kind to the compiler; what a hit looks at stands first. */
const rememberedOf = <S>(
  about: About,
  verdict: Judged<S> | Refused,
  addressRanges: readonly string[] | null,
  secretNumber: number,
  keep: boolean,
): Remembered<S> => ({
  verdict,
  addressRanges,
  usedAtTick: 0,
  noted: false,
  address: null,
  client: null,
  organizationId: about.organizationId,
  tokenId: about.tokenId,
  secretNumber,
  keep,
  about,
});

const refusalOf = ({
  status,
  reason,
}: {
  readonly status: 401 | 403;
  readonly reason?: keyof typeof REFUSED_FOR | undefined;
}): Refused => (status === 403 && reason !== undefined ? REFUSED_FOR[reason] : UNAUTHORIZED);
