import { allowBy, type Decision, denyBy } from './decision.ts';
import type { ActionPattern, CompiledStatement } from './statement.ts';
import { buildRoots } from './trie/build-node.ts';
import { type Sealed, wordOf } from './trie/sealed.ts';
import { SegmentRecords } from './trie/segment-records.ts';
import type { Item } from './trie/split-items.ts';

/**
 * What `decide` runs. Statements are ranked, allows and denies apart, in the order of the groups and then of their own;
 * everything is found by rank.
 */
export interface Program {
  readonly sealed: Sealed;
  /** The roots of those that list an action by its name. */
  readonly byAction: ReadonlyMap<string, number>;
  /** The roots of those that must be tried for every action; 0 for none. */
  readonly open: number;
  /** Statements with `notResources`. */
  readonly excluding: readonly Excluding[];
  /** The answers, made beforehand, so that a decision allocates nothing. */
  readonly allowing: readonly Decision[];
  readonly denying: readonly Decision[];
  /** For each allow its group. */
  readonly groups: Int32Array;
  /** For each group, the rank after that of its last allow, and of its last deny. */
  readonly ends: Int32Array;
  readonly denyEnds: Int32Array;
}

export interface Excluding {
  readonly word: number;
  readonly actions: ActionPattern;
  /** What it excludes; 0 for nothing. */
  readonly roots: number;
}

/** The program of some groups of statements, each in order. Linear in their text, in time and in memory. */
export const compileProgram = (groups: readonly (readonly CompiledStatement[])[]): Program => {
  const records = new SegmentRecords();
  const named = new Map<string, Item[]>();
  const open: Item[] = [];
  const excluding: Excluding[] = [];
  const actions: ActionPattern[] = [];
  const allowing: Decision[] = [];
  const denying: Decision[] = [];
  const groupOf: number[] = [];
  const ends = groups.map((statements, group) => {
    for (const statement of statements) {
      const { effect, by, negated, reading } = statement;
      if (effect === 'allow') groupOf.push(group);
      const rank = (effect === 'allow' ? allowing.push(allowBy(by)) : denying.push(denyBy(by))) - 1;
      const word = wordOf(rank, effect);
      const patterns = statement.patterns.flatMap((pattern) => records.patternOf(pattern, reading) ?? []);
      if (negated) {
        const excluded = patterns.map((pattern) => ({ word: wordOf(0, 'allow'), group, pattern, actions: 0 }));
        const roots = excluded.length === 0 ? 0 : buildRoots(records.words, excluded);
        excluding.push({ word, actions: statement.actions, roots });
        continue;
      }
      const [lists, place] = listsOf(statement, named, open, actions);
      for (const list of lists) for (const pattern of patterns) list.push({ word, group, pattern, actions: place });
    }
    return [allowing.length, denying.length] as const;
  });
  const byAction = new Map([...named].map(([action, items]) => [action, buildRoots(records.words, items)]));
  const openRoots = open.length === 0 ? 0 : buildRoots(records.words, open);
  return Object.freeze({
    sealed: Object.freeze({
      words: Int32Array.from(records.words),
      characters: records.characters,
      runs: records.runs,
      demands: records.demands,
      actions,
    }),
    byAction,
    open: openRoots,
    excluding,
    allowing,
    denying,
    groups: Int32Array.from(groupOf),
    ends: Int32Array.from(ends, ([allow]) => allow),
    denyEnds: Int32Array.from(ends, ([, deny]) => deny),
  });
};

/** Each name gets all of a statement's patterns, which is linear only where not both lists are long. */
const PAIRS_OF_ENTRY = 8;

/** Which lists a statement belongs to, and its actions as items tell them. */
const listsOf = (
  { actions, patterns }: CompiledStatement,
  named: Map<string, Item[]>,
  open: Item[],
  kept: ActionPattern[],
): readonly [lists: readonly Item[][], actions: number] => {
  const { any, names, globs, negated } = actions;
  if (any && !negated) return [[open], 0];
  const byName =
    !any &&
    !negated &&
    globs.length === 0 &&
    names.size * patterns.length <= PAIRS_OF_ENTRY * (names.size + patterns.length);
  if (!byName) return [[open], kept.push(actions)];
  const lists = [...names].map((name) => {
    const list = named.get(name) ?? [];
    named.set(name, list);
    return list;
  });
  return [lists, 0];
};
