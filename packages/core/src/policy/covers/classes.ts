import { type Glob, matchesGlob } from '../glob.ts';
import { DEAD, GlobAutomaton } from './automaton.ts';
import type { Budget } from './budget.ts';

/** All texts that the same globs match, by one of them. */
export interface TextClass {
  readonly text: string;
  /** For each of the globs, in their order, whether it matches. */
  readonly matches: readonly boolean[];
}

/**
 * Splits the texts that `base` matches into classes that the globs can't tell apart, with a short text for each, shorter
 * ones first. `fresh` is a character that none of them mentions; it stands for all of those. A breadth-first walk over
 * the product of the globs' automata. `null` where the budget runs out.
 *
 * A text is empty, or begins or ends with a slash, only where its class has no other.
 */
export const textClasses = (
  base: Glob,
  globs: readonly Glob[],
  fresh: string,
  budget: Budget,
): readonly TextClass[] | null => {
  const classify = (text: string): TextClass => ({ text, matches: globs.map((glob) => matchesGlob(glob, text)) });
  if (base.form === 'literal') return budget.spend(globs.length) ? [classify(base.parts[0] as string)] : null;
  if (globs.every((glob) => glob.form === 'any')) return [classify(base.parts.join(fresh))];

  const literals = new Set<string>();
  const beginnings = new Set<string>();
  const automata = [new GlobAutomaton(base)];
  for (const glob of globs) {
    if (glob.form === 'any') continue;
    if (glob.form !== 'literal') automata.push(new GlobAutomaton(glob));
    else {
      const [literal = ''] = glob.parts;
      let beginning = '';
      literals.add(literal);
      beginnings.add(beginning);
      for (const character of literal) {
        beginning += character;
        beginnings.add(beginning);
      }
      if (!budget.spend(literal.length)) return null;
    }
  }
  const followers = new Map<string, Set<string>>();
  for (const beginning of beginnings) {
    const last = [...beginning].at(-1);
    if (last === undefined) continue;
    const before = beginning.slice(0, beginning.length - last.length);
    followers.set(before, (followers.get(before) ?? new Set()).add(last));
  }

  /** Texts by what matches them; classes come in the order in which they were found. */
  const found = new Map<string, string>();
  const record = (node: Node) => {
    if (node.signature === null) return;
    const known = found.get(node.signature);
    if (known === undefined || (isBare(known) && !isBare(node.text))) found.set(node.signature, node.text);
  };
  interface Node {
    readonly text: string;
    readonly states: readonly number[];
    /** What matches here; `null` where `base` doesn't. */
    readonly signature: string | null;
  }
  const nodeOf = (text: string, states: readonly number[]): Node => {
    const accepted = states.map((state, i) => state !== DEAD && (automata[i] as GlobAutomaton).accepts(state));
    const literal = literals.has(text) ? `=${text}` : '';
    return { text, states, signature: accepted[0] ? accepted.map(Number).join('') + literal : null };
  };

  const first = nodeOf(
    '',
    automata.map((automaton) => automaton.start),
  );
  const seen = new Set<string>([keyOf(first, beginnings)]);
  const queue = [first];
  record(first);
  for (let at = 0; at < queue.length; at += 1) {
    const node = queue[at] as Node;
    // The fresh one first: an example of nothing in particular should look like one.
    const characters = new Set<string>([fresh, ...((beginnings.has(node.text) && followers.get(node.text)) || [])]);
    node.states.forEach((state, i) => {
      for (const character of (automata[i] as GlobAutomaton).characters(state)) characters.add(character);
    });
    for (const character of characters) {
      if (!budget.spend(automata.length + 4)) return null;
      const states = node.states.map((state, i) => (automata[i] as GlobAutomaton).next(state, character));
      if (states[0] === DEAD) continue;
      const next = nodeOf(node.text + character, states);
      record(next);
      const key = keyOf(next, beginnings);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return [...found.values()].sort((a, b) => a.length - b.length).map(classify);
};

const keyOf = (node: { readonly text: string; readonly states: readonly number[] }, beginnings: ReadonlySet<string>) =>
  beginnings.has(node.text) ? `${node.states.join()}=${node.text}` : node.states.join();

/** A name with an empty part is a poor example. */
const isBare = (text: string): boolean => text === '' || text.startsWith('/') || text.endsWith('/');
