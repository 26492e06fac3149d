import type { Glob } from '../glob.ts';

/**
 * A glob as a deterministic automaton over characters: a state is the part that is looked for and how much of it has
 * been seen, so there are no more states than characters, however many stars there are. The leftmost place of each part
 * is enough; only the last part is looked for until the end.
 */
export class GlobAutomaton {
  readonly #parts: readonly (readonly string[])[];
  readonly #fallbacks: readonly Uint32Array[];
  readonly #offsets: readonly number[];
  /** The part that each state belongs to. */
  readonly #partOf: Uint32Array;

  constructor(glob: Glob) {
    // By code points: half of a surrogate pair is never the difference between two names.
    this.#parts = glob.parts.map((part) => [...part]);
    this.#fallbacks = this.#parts.map(fallbackOf);
    let offset = 0;
    this.#offsets = this.#parts.map((part) => {
      const own = offset;
      offset += part.length + 1;
      return own;
    });
    this.#partOf = new Uint32Array(offset);
    this.#parts.forEach((part, i) => {
      const own = this.#offsets[i] as number;
      this.#partOf.fill(i, own, own + part.length + 1);
    });
  }

  get alphabet(): readonly string[] {
    return this.#parts.flat();
  }

  get start(): number {
    return this.#settle(0, 0);
  }

  accepts(state: number): boolean {
    return state === (this.#offsets.at(-1) as number) + (this.#parts.at(-1) as readonly string[]).length;
  }

  /** The state after one more character; {@link DEAD} where nothing can match any more. */
  next(state: number, character: string): number {
    if (state === DEAD) return DEAD;
    const index = this.#partOf[state] as number;
    const part = this.#parts[index] as readonly string[];
    let seen = state - (this.#offsets[index] as number);
    if (index === 0) return part[seen] === character ? this.#settle(0, seen + 1) : DEAD;
    const fallback = this.#fallbacks[index] as Uint32Array;
    if (seen === part.length) seen = seen === 0 ? 0 : (fallback[seen - 1] as number);
    while (seen > 0 && part[seen] !== character) seen = fallback[seen - 1] as number;
    if (part.length > 0 && part[seen] === character) seen += 1;
    return this.#settle(index, seen);
  }

  /** The characters that lead elsewhere than any other character would. */
  characters(state: number): readonly string[] {
    if (state === DEAD) return [];
    const index = this.#partOf[state] as number;
    const part = this.#parts[index] as readonly string[];
    if (index > 0) return part;
    const expected = part[state];
    return expected === undefined ? [] : [expected];
  }

  /**
   * Whether every text that leads from one state to a match leads to one from the other too; `false` is not certain. Who
   * looks for a later part needs less, and so does who has seen more of the same one.
   */
  isBehind(state: number, other: number): boolean {
    if (state === other || state === DEAD) return true;
    if (other === DEAD) return false;
    const index = this.#partOf[state] as number;
    const further = this.#partOf[other] as number;
    if (index !== further) return index < further;
    // The first part stands at the beginning and nowhere else.
    if (index === 0) return false;
    const offset = this.#offsets[index] as number;
    const fallback = this.#fallbacks[index] as Uint32Array;
    const seen = state - offset;
    let border = other - offset;
    while (border > seen) border = fallback[border - 1] as number;
    return border === seen;
  }

  #settle(index: number, seen: number): number {
    const complete = index < this.#parts.length - 1 && seen === (this.#parts[index] as readonly string[]).length;
    return (this.#offsets[complete ? index + 1 : index] as number) + (complete ? 0 : seen);
  }
}

export const DEAD = -1;

const fallbackOf = (part: readonly string[]): Uint32Array => {
  const table = new Uint32Array(part.length);
  let matched = 0;
  for (let i = 1; i < part.length; i += 1) {
    while (matched > 0 && part[matched] !== part[i]) matched = table[matched - 1] as number;
    if (part[matched] === part[i]) matched += 1;
    table[i] = matched;
  }
  return table;
};
