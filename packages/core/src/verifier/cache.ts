import type { Instant } from '../clock.ts';
import type { Scope } from './change.ts';
import type { Table } from './digest-table.ts';
import type { Shared } from './finding.ts';
import type { Rules } from './rules.ts';
import { changedAtOf, type Held } from './scopes.ts';
import type { LookUpStart, Trust } from './trust.ts';

/** What is kept of one look-up, and when it ends. What it is kept for is its maker's. */
export interface Entry extends Held {
  readonly key: string;
  readonly about: KeptAbout;
  /** Where in the sequence of changes its look-up began; -1 once it was dropped, or where it was never kept. */
  lookedUpAt: number;
  /** On the monotonic clock, in ticks: small enough to stand in the entry itself, which fractions don't. */
  readonly diesAtTick: number;
  /** An end of its own, by the database's clock. */
  readonly until: Instant | null;
  /** Since the clock's hand came by. */
  touched: boolean;
  /** Another entry of the same token: what a text of it in its grace period gave, or a spent one. */
  next: Entry | null;
}

/** Of what an entry speaks, for how long it may be believed, and what it takes. */
export interface KeptAbout extends Scope {
  readonly maxAgeMs: number;
  readonly bytes: number;
  readonly shared?: readonly Shared[] | undefined;
}

/** Where an entry is kept, for whoever makes it. */
export type Place = Pick<Entry, 'key' | 'lookedUpAt' | 'organization' | 'owner' | 'diesAtTick' | 'next'>;

export interface CacheBounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Remembers what was looked up, for as long as it is as good as a new look-up. The caller sees to the lease. */
export interface Cache<E extends Entry> {
  /** `null` where nothing is kept, or what is kept has come to its end; that is dropped. */
  get(key: string, at: number): E | null;
  isCurrent(entry: Entry, at: number): boolean;
  set(key: string, about: KeptAbout, start: LookUpStart, make: (place: Place) => E): E;
  metrics(): { readonly entries: number; readonly bytes: number; readonly evictions: number };
}

/** What an entry takes beside what its value does: measured with a million of them. */
const ENTRY_BYTES = 400;

/** BOUNDED-WORK: how many entries the hand passes at most to find one that wasn't used. */
const MAX_STEPS = 64;

/** Milliseconds: by so much an entry may die too early. */
export const TICK_MS = 100;

const NO_SHARED: readonly Shared[] = Object.freeze([]);

/** Of what nobody keeps. */
export const NO_PLACE: Place = Object.freeze({
  ...{ key: '', lookedUpAt: -1, diesAtTick: 0, owner: null, next: null },
  organization: { organizationId: '', owners: new Map(), changedAt: 0, permissionsAt: 0, holders: 0 },
});

export const createCache = <E extends Entry>(
  trust: Trust,
  { maxEntries, maxBytes }: CacheBounds,
  rules: Rules,
  entries: Table<E> = new Map<string, E>(),
): Cache<E> => {
  const byToken = new Map<string, Entry>();
  let hand = entries.values();
  let bytes = 0;
  let evictions = 0;

  const isCurrent = (entry: Entry, at: number): boolean =>
    rules.isCurrent(entry.lookedUpAt, Math.max(changedAtOf(entry), trust.clearedAt(), 0)) &&
    rules.isYoung(at, entry.diesAtTick * TICK_MS) &&
    (entry.until === null || rules.isBeforeEnd(trust.databaseNow(at), entry.until));

  const unlink = (entry: Entry) => {
    const { tokenId } = entry.about;
    if (tokenId === null) return;
    const first = byToken.get(tokenId);
    if (first === entry) {
      if (entry.next === null) byToken.delete(tokenId);
      else byToken.set(tokenId, entry.next);
      return;
    }
    for (let before = first; before !== undefined && before.next !== null; before = before.next) {
      if (before.next !== entry) continue;
      before.next = entry.next;
      return;
    }
  };
  const drop = (entry: Entry) => {
    entry.lookedUpAt = -1;
    if (entries.get(entry.key) === entry) entries.delete(entry.key);
    unlink(entry);
    bytes -= ENTRY_BYTES + entry.about.bytes;
    for (const shared of entry.about.shared ?? NO_SHARED) {
      shared.holders -= 1;
      if (shared.holders === 0) bytes -= shared.bytes;
    }
    trust.scopes.release(entry);
  };
  // A clock's hand: who was used since it came by last stays. It goes on where it stood, so that no entry is asked twice
  // in a row and none is moved.
  const evictOne = () => {
    for (let step = 1; ; step += 1) {
      let { value: entry } = hand.next();
      if (entry === undefined) {
        hand = entries.values();
        entry = hand.next().value;
        if (entry === undefined) return;
      }
      if (entry.touched && step < MAX_STEPS) {
        entry.touched = false;
        continue;
      }
      evictions += 1;
      drop(entry);
      return;
    }
  };

  trust.attach({
    forgetToken: (tokenId) => {
      for (let entry = byToken.get(tokenId) ?? null; entry !== null; entry = entry.next) drop(entry);
    },
    clear: () => {
      const all = entries.values();
      for (let { value: entry } = all.next(); entry !== undefined; { value: entry } = all.next()) {
        entry.lookedUpAt = -1;
        for (const shared of entry.about.shared ?? NO_SHARED) shared.holders -= 1;
        trust.scopes.release(entry);
      }
      entries.clear();
      byToken.clear();
      hand = entries.values();
      bytes = 0;
    },
  });

  return {
    isCurrent,
    get: (key, at) => {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (isCurrent(entry, at)) return entry;
      drop(entry);
      return null;
    },
    set: (key, about, start, make) => {
      const before = entries.get(key);
      if (before !== undefined) drop(before);
      const { organization, owner } = trust.scopes.hold(about);
      const { tokenId } = about;
      const entry = make({
        ...{ key, organization, owner, lookedUpAt: start.number },
        diesAtTick: Math.floor((start.at + about.maxAgeMs) / TICK_MS),
        next: tokenId === null ? null : (byToken.get(tokenId) ?? null),
      });
      entries.set(key, entry);
      if (tokenId !== null) byToken.set(tokenId, entry);
      bytes += ENTRY_BYTES + about.bytes;
      for (const shared of about.shared ?? NO_SHARED) {
        shared.holders += 1;
        if (shared.holders === 1) bytes += shared.bytes;
      }
      while (entries.size > 0 && !rules.fits(entries.size, maxEntries, bytes, maxBytes)) evictOne();
      return entry;
    },
    metrics: () => ({ entries: entries.size, bytes, evictions }),
  };
};
