// Looked up once: see `walk.ts`.
const { charCodeAt } = String.prototype;

/**
 * A probe finds, among many texts, those that a part of a name may be equal to (or begin with, or end with), by the few
 * characters in which they differ most. What it finds is compared before it counts, so that a collision costs time and
 * nothing else. As a record: the head (see `HEAD`), the mask of the table, where it begins, and the places of the
 * characters, from the beginning, or below 0 from the end. The table has for each hash a node, or a single item as the
 * complement of its place, or 0.
 */
export const PROBE = { head: 0, mask: 1, table: 2, size: 3 } as const;

/**
 * In the head: the segment, whether tags are looked at, whether the length counts, whether it is its node's last probe, and
 * from which bit on how many places.
 */
export const HEAD = { level: 0x1f, tag: 0x20, byLength: 0x40, last: 0x80, places: 8 } as const;

/**
 * What the texts of a probe are: all of a path, its beginning, its end, or a tag. Where it is a beginning or an end only
 * places within the shortest can be looked at; else the length counts as well.
 */
export const ANCHORS = ['path', 'start', 'end', 'tag'] as const;
export type Anchor = (typeof ANCHORS)[number];

export interface ProbePlan {
  readonly places: readonly number[];
  readonly byLength: boolean;
  /** About how many texts are found at once. */
  readonly found: number;
}

/** Many texts that differ in none of these places are told apart by all of their characters. */
const MOST_PLACES = 6;
const BEGINNING = 16;
const ENDING = 12;
const SAMPLE = 256;

/** Chooses where to look, one place after the other, each that tells the most texts apart. */
export const planProbe = (texts: readonly string[], anchor: Anchor): ProbePlan => {
  const step = Math.ceil(texts.length / SAMPLE);
  const sample = texts.filter((_, i) => i % step === 0);
  const byLength = anchor === 'path' || anchor === 'tag';
  let keys: string[] | number[] = sample.map((text) => (byLength ? text.length : 0));
  let distinct = new Set<string | number>(keys).size;
  const places: number[] = [];
  const candidates = candidatesOf(sample, anchor);
  while (distinct < sample.length && places.length < MOST_PLACES) {
    let best: { readonly place: number; readonly keys: number[]; readonly distinct: number } | null = null;
    for (const place of candidates) {
      const next = sample.map((text, i) => hashOfNext(keys[i] as number, characterOf(text, place)));
      const found = new Set(next).size;
      if (found > (best?.distinct ?? distinct)) best = { place, keys: next, distinct: found };
    }
    if (best === null) break;
    ({ keys, distinct } = best);
    places.push(best.place);
  }
  // Half of them in pairs is fine. Otherwise every character counts that may.
  if (distinct * 2 >= sample.length) return { places, byLength, found: sample.length / distinct };
  const shortest = texts.reduce((least, { length }) => Math.min(least, length), Number.MAX_SAFE_INTEGER);
  const longest = texts.reduce((most, { length }) => Math.max(most, length), 0);
  const all = Array.from({ length: byLength ? longest : shortest }, (_, i) => (anchor === 'end' ? ~i : i));
  const hashes = sample.map((text) => hashOfText(text, { places: all, byLength }));
  return { places: all, byLength, found: sample.length / new Set(hashes).size };
};

const candidatesOf = (texts: readonly string[], anchor: Anchor): readonly number[] => {
  const [first] = texts as readonly [string];
  let shared = first.length;
  let shortest = first.length;
  let longest = 0;
  for (const text of texts) {
    shortest = Math.min(shortest, text.length);
    longest = Math.max(longest, text.length);
    let same = 0;
    while (same < shared && text.charCodeAt(same) === first.charCodeAt(same)) same += 1;
    shared = same;
  }
  const reach = anchor === 'start' || anchor === 'end' ? shortest : longest;
  const ends = Array.from({ length: Math.min(ENDING, reach) }, (_, i) => ~i);
  const starts = Array.from({ length: Math.min(BEGINNING, Math.max(reach - shared, 0)) }, (_, i) => shared + i);
  return anchor === 'end' ? ends : anchor === 'start' ? starts : [...ends, ...starts];
};

/** 0 where the text is shorter. */
const characterOf = (text: string, place: number): number => {
  const at = place < 0 ? text.length + place : place;
  return at >= 0 && at < text.length ? text.charCodeAt(at) : 0;
};

export const HASH = { prime: 0x01000193, mix: 0x9e3779b1 } as const;

export const hashOfNext = (hash: number, code: number): number => (Math.imul(hash, HASH.prime) + code) | 0;

/** The upper bits of a product are the best. */
const slotOf = (hash: number, mask: number): number => (Math.imul(hash ^ (hash >>> 15), HASH.mix) >>> 8) & mask;

type Places = Pick<ProbePlan, 'places' | 'byLength'>;

const hashOfText = (text: string, { places, byLength }: Places): number => {
  let hash = byLength ? text.length : 0;
  for (const place of places) hash = hashOfNext(hash, characterOf(text, place));
  return hash;
};

export const slotOfText = (text: string, plan: Places, mask: number): number => slotOf(hashOfText(text, plan), mask);

/** What the table has for the tag from `start` to `end`. */
export const foundForTag = (words: Int32Array, probe: number, text: string, start: number, end: number): number => {
  const last = probe + PROBE.size + ((words[probe + PROBE.head] as number) >> HEAD.places);
  // Of a tag the length counts.
  let hash = end - start;
  for (let i = probe + PROBE.size; i < last; i += 1) {
    const place = words[i] as number;
    const at = place < 0 ? end + place : start + place;
    hash = hashOfNext(hash, at >= start && at < end ? charCodeAt.call(text, at) : 0);
  }
  return words[(words[probe + PROBE.table] as number) + slotOf(hash, words[probe + PROBE.mask] as number)] as number;
};
