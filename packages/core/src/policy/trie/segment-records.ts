import type { Glob } from '../glob.ts';
import { LIMITS } from '../limits.ts';
import type { Pattern, Reading, SegmentPattern } from '../pattern.ts';
import { type Demand, LITERAL } from './sealed.ts';

/** A segment as the trie is built from it: two that are the same are one. */
export interface SegmentRecord {
  readonly place: number;
  readonly segment: SegmentPattern;
  readonly demanding: boolean;
}

export interface PatternRecord {
  readonly place: number;
  readonly segments: readonly SegmentRecord[];
}

/** Writes segments and patterns down, each once. */
export class SegmentRecords {
  readonly words: number[] = [0];
  readonly demands: Demand[] = [];
  readonly #characters: string[] = [];
  #length = 0;
  readonly #texts = new Map<string, number>();
  readonly #segments = new Map<string, SegmentRecord>();
  readonly #patterns = new Map<string, PatternRecord>();

  get characters(): Uint16Array {
    const all = new Uint16Array(this.#length);
    let at = 0;
    for (const text of this.#characters) {
      for (let i = 0; i < text.length; i += 1) all[at + i] = text.charCodeAt(i);
      at += text.length;
    }
    return all;
  }

  /** `null` for a pattern that a host may have and no request is long enough for. */
  patternOf(pattern: Pattern, reading: Reading): PatternRecord | null {
    if (pattern.segments.length > LIMITS.segments) return null;
    const segments = pattern.segments.map((segment) => this.#segmentOf(segment, reading));
    const key = `${pattern.below ? 'b' : 'e'}${segments.map(({ place }) => place).join()}`;
    let record = this.#patterns.get(key);
    if (record === undefined) {
      const { length } = segments;
      const place = this.words.push(length, pattern.below ? LIMITS.segments : length) - 2;
      for (const segment of segments) this.words.push(segment.place);
      record = { place, segments };
      this.#patterns.set(key, record);
    }
    return record;
  }

  #segmentOf(segment: SegmentPattern, reading: Reading): SegmentRecord {
    const { path, tags, anyTag, properties } = segment;
    const demanding = tags.length > 0 || properties.length > 0;
    // How what isn't known is read tells apart what looks the same.
    const key = demanding ? JSON.stringify([keyOf(path), reading, anyTag, tags.map(keyOf), properties]) : keyOf(path);
    let record = this.#segments.get(key);
    if (record === undefined) {
      const { parts, form } = path;
      const first = parts[0] as string;
      const last = parts[parts.length - 1] as string;
      const needsMore = demanding || form === 'many';
      const place = this.words.push(
        this.#placeOf(first),
        first.length,
        form === 'literal' ? 0 : this.#placeOf(last),
        form === 'literal' ? LITERAL : last.length,
        needsMore ? this.demands.push({ segment, may: reading === 'may' }) : 0,
      );
      record = { place: place - 5, segment, demanding };
      this.#segments.set(key, record);
    }
    return record;
  }

  #placeOf(text: string): number {
    if (text === '') return 0;
    let place = this.#texts.get(text);
    if (place === undefined) {
      place = this.#length;
      this.#texts.set(text, place);
      this.#characters.push(text);
      this.#length += text.length;
    }
    return place;
  }
}

/** The lengths keep apart a wildcard and a `*` that is only a character. */
const keyOf = ({ parts }: Glob): string =>
  parts.length === 1 ? `=${parts[0]}` : `${parts.map((part) => part.length).join()}=${parts.join('*')}`;
