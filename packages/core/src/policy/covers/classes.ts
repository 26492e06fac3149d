import { isControl } from '../control-character.ts';
import { type Glob, matchesGlob } from '../glob.ts';
import { LIMITS } from '../limits.ts';
import type { Option } from './antichain.ts';
import { DEAD, GlobAutomaton } from './automaton.ts';
import { type Bits, emptyBits, hasBit, type Leaning, setBit, WordLists } from './bits.ts';
import { type Budget, STATE } from './budget.ts';
import { LiteralTree } from './literal-tree.ts';

/** All texts that the same globs match, by the shortest of them. */
export interface TextClass extends Option {
  readonly text: string;
}

/** Globs, and which of them an excess is helped by matching or hindered. */
export interface LeaningGlobs {
  readonly globs: readonly Glob[];
  readonly leaning: Leaning;
}

/** What a text is for: a path should not look bare; of an action or a tag there is no empty one. */
export type TextKind = 'path' | 'tag' | 'action';

/** A name with an empty part, or a slash with nothing beside it, is a poor example: taken only where there is no other. */
const BARE = 1_000;
/** One that would be read as something else, or can't be read at all, is none. */
const UNWRITABLE = 1_000_000;

const SLASH = '/';
const SEPARATORS = ':;,{}';

/**
 * Splits the texts that `base` matches into classes that the globs can't tell apart, with the shortest text for each; left
 * out are classes that a better one with no longer a text makes needless. `fresh` is a character that none of them mentions; it stands for all of those. A breadth-first walk over the product of
 * the globs' automata. `null` where the budget runs out.
 */
export const textClasses = (
  base: Glob,
  { globs, leaning }: LeaningGlobs,
  kind: TextKind,
  { fresh, budget }: { readonly fresh: string; readonly budget: Budget },
): readonly TextClass[] | null => {
  if (base.form === 'literal') {
    const [text = ''] = base.parts;
    if (!budget.spend(globs.length + text.length)) return null;
    const hits = emptyBits(globs.length);
    globs.forEach((glob, i) => {
      if (matchesGlob(glob, text)) setBit(hits, i);
    });
    return kind !== 'path' && text === '' ? [] : [{ text, hits, cost: text.length + flawOf(text, kind) }];
  }
  if (!budget.spend(globs.reduce((sum, { length }) => sum + length + 1, base.length))) return null;
  const product = new Product(base, globs, leaning);
  const found = new Map<string, TextClass>();
  const record = (node: Node) => {
    if (!product.accepts(node.states)) return;
    const text = textOf(node);
    if (text === '' && kind !== 'path') return;
    const hits = product.hits(node.states);
    const key = hits.join();
    const cost = text.length + flawOf(text, kind);
    if (cost < (found.get(key)?.cost ?? Number.POSITIVE_INFINITY)) found.set(key, { text, hits, cost });
  };

  const first: Node = { before: null, character: '', length: 0, states: product.start };
  const seen = new WordLists();
  const frontier = new Frontier(product, budget);
  seen.add(first.states);
  frontier.add(first.states);
  const queue = [first];
  record(first);
  for (let at = 0; at < queue.length; at += 1) {
    const node = queue[at] as Node;
    // Longer than any request, and with it all that comes of it.
    if (node.length >= LIMITS.requestCharacters) continue;
    // The fresh one first: an example of nothing in particular should look like one.
    for (const character of product.characters(node.states, fresh)) {
      if (!budget.spend(product.size + 4)) return null;
      const states = product.next(node.states, character);
      if (states === null) continue;
      states[product.flaw] = flawAfter(node, character, kind);
      if (!seen.add(states) || !frontier.add(states)) continue;
      if (!budget.spend(STATE + 2 * product.size)) return null;
      const next: Node = { before: node, character, length: node.length + character.length, states };
      record(next);
      queue.push(next);
    }
  }
  return [...found.values()];
};

interface Node {
  readonly before: Node | null;
  readonly character: string;
  readonly length: number;
  readonly states: Int32Array;
}

const textOf = (node: Node): string => {
  let text = '';
  for (let at: Node | null = node; at !== null; at = at.before) text = at.character + text;
  return text;
};

/** What a text has in it stays in it; a slash at its end may be left behind. */
const [SOUND, ENDS_IN_SLASH, BEGINS_WITH_SLASH, UNREADABLE] = [0, 1, 2, 4];

const flawAfter = ({ states, length }: Node, character: string, kind: TextKind): number => {
  const before = (states[states.length - 1] as number) & ~ENDS_IN_SLASH;
  if (!isReadable(character, kind)) return before | UNREADABLE;
  if (kind !== 'path' || character !== SLASH) return before | SOUND;
  return before | ENDS_IN_SLASH | (length === 0 ? BEGINS_WITH_SLASH : SOUND);
};

const isReadable = (character: string, kind: TextKind): boolean =>
  !isControl(character.charCodeAt(0)) &&
  character.isWellFormed() &&
  (kind === 'action' || !SEPARATORS.includes(character));

export const flawOf = (text: string, kind: TextKind): number => {
  if (text === '') return UNWRITABLE;
  for (const character of text) if (!isReadable(character, kind)) return UNWRITABLE;
  return kind === 'path' && (text.startsWith(SLASH) || text.endsWith(SLASH)) ? BARE : 0;
};

/**
 * COVERS, antichain: the states that nothing before them is as good as. They are added shortest text first, so what is
 * left out is never shorter than what it is left out for.
 */
class Frontier {
  readonly #product: Product;
  readonly #budget: Budget;
  readonly #alike = new Map<string, Int32Array[]>();

  constructor(product: Product, budget: Budget) {
    this.#product = product;
    this.#budget = budget;
  }

  /** Whether it is worth going on from there. */
  add(states: Int32Array): boolean {
    const key = this.#product.fixedKey(states);
    const alike = this.#alike.get(key);
    if (alike === undefined) {
      this.#alike.set(key, [states]);
      return true;
    }
    this.#budget.spend(2 * alike.length);
    if (alike.some((other) => this.#product.isAsGood(other, states))) return false;
    alike.push(states);
    return true;
  }
}

/** Of more automata than this nearly every character is awaited by one. */
const FEW = 16;

/** The automata of `base` and of the globs side by side, those without wildcards as one; and what is flawed so far. */
class Product {
  readonly #automata: readonly GlobAutomaton[];
  /** Place in `globs` of each automaton but the first. */
  readonly #places: readonly number[];
  readonly #always: Bits;
  readonly #literals: LiteralTree;
  readonly #count: number;
  #alphabet: ReadonlySet<string> | null = null;
  /** Places among the states of what an excess is only helped by, and of what it is only hindered by. */
  readonly #wanted: readonly number[];
  readonly #unwanted: readonly number[];
  readonly #fixed: readonly number[];

  constructor(base: Glob, globs: readonly Glob[], { wanted, unwanted }: Leaning) {
    this.#count = globs.length;
    this.#always = emptyBits(globs.length);
    this.#literals = new LiteralTree();
    const automata = [new GlobAutomaton(base)];
    const places: number[] = [];
    globs.forEach((glob, i) => {
      if (glob.form === 'any') setBit(this.#always, i);
      else if (glob.form === 'literal') this.#literals.add(glob.parts[0] as string, i);
      else {
        automata.push(new GlobAutomaton(glob));
        places.push(i);
      }
    });
    this.#automata = automata;
    this.#places = places;
    const all = automata.map((_, i) => i).slice(1);
    const placeOf = (i: number) => places[i - 1] as number;
    this.#wanted = all.filter((i) => !hasBit(unwanted, placeOf(i)));
    this.#unwanted = all.filter((i) => hasBit(unwanted, placeOf(i)) && !hasBit(wanted, placeOf(i)));
    const both = all.filter((i) => hasBit(unwanted, placeOf(i)) && hasBit(wanted, placeOf(i)));
    this.#fixed = [0, ...both, automata.length, this.flaw];
  }

  /** The same where nothing but leaning automata may differ. */
  fixedKey(states: Int32Array): string {
    let key = '';
    for (const i of this.#fixed) key += `${states[i]},`;
    return key;
  }

  /** Whether whatever comes of `b` would come of `a`, or something better. */
  isAsGood(a: Int32Array, b: Int32Array): boolean {
    for (const i of this.#unwanted) {
      if (!(this.#automata[i] as GlobAutomaton).isBehind(a[i] as number, b[i] as number)) return false;
    }
    for (const i of this.#wanted) {
      if (!(this.#automata[i] as GlobAutomaton).isBehind(b[i] as number, a[i] as number)) return false;
    }
    return true;
  }

  /** How much there is to do for one step. */
  get size(): number {
    return this.#automata.length + 1;
  }

  /** Where in the states it is noted what is flawed. */
  get flaw(): number {
    return this.#automata.length + 1;
  }

  get start(): Int32Array {
    return Int32Array.from([...this.#automata.map(({ start }) => start), LiteralTree.ROOT, SOUND]);
  }

  accepts(states: Int32Array): boolean {
    return (this.#automata[0] as GlobAutomaton).accepts(states[0] as number);
  }

  hits(states: Int32Array): Bits {
    const hits = emptyBits(this.#count);
    hits.set(this.#always);
    this.#places.forEach((place, i) => {
      if ((this.#automata[i + 1] as GlobAutomaton).accepts(states[i + 1] as number)) setBit(hits, place);
    });
    for (const place of this.#literals.endingAt(states[this.#automata.length] as number)) setBit(hits, place);
    return hits;
  }

  /** Those that may lead elsewhere than `fresh` does, which stands first. */
  characters(states: Int32Array, fresh: string): Iterable<string> {
    if (this.#automata.length > FEW) {
      this.#alphabet ??= new Set([
        fresh,
        ...this.#literals.alphabet,
        ...this.#automata.flatMap(({ alphabet }) => alphabet),
      ]);
      return this.#alphabet;
    }
    const all = new Set<string>([fresh]);
    for (const character of this.#literals.characters(states[this.#automata.length] as number)) all.add(character);
    this.#automata.forEach((automaton, i) => {
      for (const character of automaton.characters(states[i] as number)) all.add(character);
    });
    return all;
  }

  /** `null` where `base` matches nothing any more. */
  next(states: Int32Array, character: string): Int32Array | null {
    const own = (this.#automata[0] as GlobAutomaton).next(states[0] as number, character);
    if (own === DEAD) return null;
    const next = new Int32Array(states.length);
    next[0] = own;
    for (let i = 1; i < this.#automata.length; i += 1) {
      next[i] = (this.#automata[i] as GlobAutomaton).next(states[i] as number, character);
    }
    next[this.#automata.length] = this.#literals.next(states[this.#automata.length] as number, character);
    return next;
  }
}
