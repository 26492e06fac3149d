import type { Glob } from '../glob.ts';
import { LIMITS } from '../limits.ts';
import { isDemanding, type Pattern, type Reading, type SegmentPattern } from '../pattern.ts';
import { type ProbeKey, probeKeysOf } from './probe-keys.ts';
import { type Run, runOf, successorOf } from './run.ts';
import { screenOf } from './screen.ts';
import { DEMANDS, type Demand, LITERAL, MORE, PATTERN, SEGMENT } from './sealed.ts';
import { SHAPE, type Shape, shapeOf } from './shape.ts';

export interface PatternRecord {
  /** Tells it from others. */
  readonly id: number;
  /** What an item is compared by: a run where there is a shape, else the pattern's record. */
  readonly place: number;
  /** Whether it asks for tags or properties. */
  readonly demanding: boolean;
  /** How it can be found by a probe. */
  readonly keys: readonly ProbeKey[];
  readonly screen: number;
  readonly shape: number;
  /** The run's mark and the character there, in one word. */
  readonly mark: number;
}

/** Writes segments and patterns down, each once. */
export class SegmentRecords {
  readonly words: number[] = [0];
  readonly runs: string[] = [];
  readonly demands: Demand[] = [];
  readonly #characters: string[] = [];
  #length = 0;
  readonly #runs = new Map<string, number>();
  readonly #pieces = new Map<string, string>();
  readonly #texts = new Map<string, number>();
  readonly #segments = new Map<string, number>();
  readonly #demands = new Map<string, number>();
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
    const places = pattern.segments.map((segment) => this.#segmentOf(segment, reading));
    const key = `${pattern.below ? 'b' : 'e'}${places.join()}`;
    let record = this.#patterns.get(key);
    if (record === undefined) {
      const run = runOf(pattern);
      const told = shapeOf(pattern, run);
      const { text, mark } = run;
      record = {
        id: this.#patterns.size,
        place: told.shape === 0 ? this.#record(pattern, run, places) : this.#told(text, told, places),
        demanding: pattern.segments.some(isDemanding),
        keys: probeKeysOf(pattern),
        screen: screenOf(pattern),
        shape: told.shape,
        mark: text === '' ? 0 : (mark << 16) | text.charCodeAt(mark),
      };
      this.#patterns.set(key, record);
    }
    return record;
  }

  #record({ segments, below }: Pattern, { text, levels, end, mark }: Run, places: readonly number[]): number {
    const { length } = segments;
    const place = this.words.push(
      length,
      below ? LIMITS.segments : length,
      this.#runOf(text, '', null),
      text.length,
      mark,
      text === '' ? 0 : text.charCodeAt(mark),
      end,
      levels,
      demandsOf(segments),
    );
    for (const segment of places) this.words.push(segment);
    return place - PATTERN.size;
  }

  #told(text: string, { shape, tail, wild, ending }: Shape, places: readonly number[]): number {
    const run = this.#runOf(text, tail, wild < 0 ? null : ending);
    if ((shape & SHAPE.more) === 0) return run;
    const last = places.at(-1) as number;
    return this.words.push(run, this.words[last + SEGMENT.demand] as number, wild) - MORE.size;
  }

  /** `ending`: what stands after a second wildcard, `null` where there is none. */
  #runOf(text: string, tail: string, ending: string | null): number {
    const key = `${text.length},${tail.length},${ending === null},${text}${tail}${ending}`;
    let run = this.#runs.get(key);
    if (run === undefined) {
      run = this.runs.push(this.#pieceOf(text), this.#pieceOf(successorOf(text))) - 2;
      if (tail !== '') this.runs.push(this.#pieceOf(tail));
      if (ending !== null) this.runs.push(this.#pieceOf(ending));
      this.#runs.set(key, run);
    }
    return run;
  }

  #segmentOf(segment: SegmentPattern, reading: Reading): number {
    const { path, tags, anyTag, properties } = segment;
    const demanding = isDemanding(segment);
    // How what isn't known is read tells apart what looks the same.
    const key = demanding ? JSON.stringify([keyOf(path), reading, anyTag, tags.map(keyOf), properties]) : keyOf(path);
    let place = this.#segments.get(key);
    if (place === undefined) {
      const { parts, form } = path;
      const first = parts[0] as string;
      const last = parts[parts.length - 1] as string;
      place =
        this.words.push(
          this.#placeOf(first),
          first.length,
          form === 'literal' ? 0 : this.#placeOf(last),
          form === 'literal' ? LITERAL : last.length,
          demanding || form === 'many' ? this.#demandOf(segment, reading) : 0,
        ) - SEGMENT.size;
      this.#segments.set(key, place);
    }
    return place;
  }

  /** One more than its place: many segments ask for the same. */
  #demandOf({ path, tags, anyTag, properties }: SegmentPattern, reading: Reading): number {
    const own = path.form === 'many' ? path : null;
    const key = JSON.stringify([own && keyOf(own), reading, anyTag, tags.map(keyOf), properties]);
    let demand = this.#demands.get(key);
    if (demand === undefined) {
      demand = this.demands.push({ path: own, tags, anyTag, properties, may: reading === 'may' });
      this.#demands.set(key, demand);
    }
    return demand;
  }

  /** Engines keep what was put together as its pieces, and then take longer to compare it. */
  #pieceOf(text: string): string {
    let piece = this.#pieces.get(text);
    if (piece === undefined) {
      piece = text.split('').join('');
      this.#pieces.set(text, piece);
    }
    return piece;
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

const demandsOf = (segments: Pattern['segments']): number =>
  segments.some(({ path }) => path.form === 'many') ? DEMANDS.ofPaths : segments.some(isDemanding) ? DEMANDS.ofTags : 0;

/** The lengths keep apart a wildcard and a `*` that is only a character. */
const keyOf = ({ parts }: Glob): string =>
  parts.length === 1 ? `=${parts[0]}` : `${parts.map((part) => part.length).join()}=${parts.join('*')}`;
