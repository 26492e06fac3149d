import type { Glob } from '../glob.ts';
import { emptyBits, type Leaning, setBit } from './bits.ts';
import { globKey } from './glob-key.ts';

/** The globs of many patterns, each once, and for what a search would like to match them, or not to. */
export class GlobTable {
  readonly globs: Glob[] = [];
  readonly #places = new Map<string, number>();
  readonly #wanted = new Set<number>();
  readonly #unwanted = new Set<number>();

  /** Its place. */
  add(glob: Glob, wanted: boolean): number {
    const key = globKey(glob);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.globs.push(glob) - 1;
      this.#places.set(key, place);
    }
    (wanted ? this.#wanted : this.#unwanted).add(place);
    return place;
  }

  get leaning(): Leaning {
    const [wanted, unwanted] = [emptyBits(this.globs.length), emptyBits(this.globs.length)];
    for (const place of this.#wanted) setBit(wanted, place);
    for (const place of this.#unwanted) setBit(unwanted, place);
    return { wanted, unwanted };
  }
}
