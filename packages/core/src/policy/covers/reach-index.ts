import { type Glob, matchesGlob } from '../glob.ts';
import { globsOverlap } from '../overlap.ts';
import type { Pattern, SegmentPattern } from '../pattern.ts';
import type { Prospect, StatementIndex } from '../permission-set.ts';
import type { CompiledStatement } from '../statement.ts';
import { type Budget, COMPARISON, PLACEMENT } from './budget.ts';
import { globKey } from './glob-key.ts';
import { type Rectangle, reaches, sizeOf } from './rectangle.ts';

/**
 * Statements by where their patterns lead, segment by segment. It grows only where somebody looks, so that the first
 * comparison with a large set pays for little more than what it touches; what it answers, and what that costs the budget,
 * is the same however much of it has grown.
 */
class ReachIndex {
  readonly #prospects: readonly Prospect[];
  /** Those that have to be looked at to know where they lead. */
  readonly #seen: readonly CompiledStatement[];
  /** With `notResources`: they lead nowhere in particular. */
  readonly #negated: readonly CompiledStatement[];
  readonly #cost: number;
  #root: Node | null = null;

  constructor(prospects: readonly Prospect[]) {
    const seen = prospects.flatMap((prospect) => (prospect.head === null ? [prospect.statement] : []));
    this.#prospects = prospects;
    this.#negated = seen.filter(({ negated }) => negated);
    this.#seen = seen.filter(({ negated }) => !negated);
    this.#cost = this.#seen.reduce((sum, { patterns }) => sum + PLACEMENT * patterns.length, prospects.length);
  }

  /** Those that may match something of the rectangle, in order; `null` where the budget runs out. */
  reaching(rectangle: Rectangle, budget: Budget): readonly CompiledStatement[] | null {
    const found = new Set<CompiledStatement>();
    const take = (statement: CompiledStatement): boolean => {
      if (!budget.spend(COMPARISON * sizeOf(statement, rectangle))) return false;
      if (!found.has(statement) && reaches(statement, rectangle)) found.add(statement);
      return true;
    };
    if (!budget.spendOnce(this, this.#cost) || !this.#negated.every(take)) return null;
    this.#root ??= this.#grow();
    if (!collect(this.#root, rectangle.pattern, budget, take)) return null;
    return [...found].sort((a, b) => a.order - b.order);
  }

  #grow(): Node {
    const split = splitItems(0, this.#seen.flatMap(itemsOf));
    for (const prospect of this.#prospects) {
      if (prospect.head !== null) nodeAt(split.literals, prospect.head, 1).expect(prospect);
    }
    return new Node(0, split);
  }
}

interface Item {
  readonly statement: CompiledStatement;
  readonly pattern: Pattern;
}

const itemsOf = (statement: CompiledStatement): readonly Item[] =>
  statement.patterns.map((pattern) => ({ statement, pattern }));

interface Edge {
  readonly glob: Glob;
  readonly node: Node;
}

interface Split {
  readonly ends: readonly Item[];
  readonly literals: Map<string, Node>;
  readonly globs: readonly Edge[];
}

class Node {
  readonly level: number;
  readonly #items: Item[] = [];
  /** Those that lead here and that nobody has looked at. */
  #prospects: Prospect[] = [];
  #split: Split | null;

  constructor(level: number, split: Split | null = null) {
    this.level = level;
    this.#split = split;
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  expect(prospect: Prospect): void {
    this.#prospects.push(prospect);
  }

  get items(): readonly Item[] {
    for (const { statement } of this.#prospects) this.#items.push(...itemsOf(statement));
    this.#prospects = [];
    return this.#items;
  }

  /** What stands here, segment by segment; `null` where the budget runs out. */
  split(budget: Budget): Split | null {
    const { items } = this;
    if (!budget.spendOnce(this, this.level === 0 ? 0 : PLACEMENT * items.length)) return null;
    this.#split ??= splitItems(this.level, items);
    return this.#split;
  }
}

const nodeAt = (literals: Map<string, Node>, text: string, level: number): Node => {
  let node = literals.get(text);
  if (node === undefined) {
    node = new Node(level);
    literals.set(text, node);
  }
  return node;
};

const splitItems = (level: number, items: readonly Item[]): Split => {
  const ends: Item[] = [];
  const literals = new Map<string, Node>();
  const globs = new Map<string, Edge>();
  for (const item of items) {
    const segment = item.pattern.segments[level];
    if (segment === undefined) ends.push(item);
    else if (segment.path.form === 'literal') nodeAt(literals, segment.path.parts[0] as string, level + 1).add(item);
    else {
      const key = globKey(segment.path);
      let edge = globs.get(key);
      if (edge === undefined) {
        edge = { glob: segment.path, node: new Node(level + 1) };
        globs.set(key, edge);
      }
      edge.node.add(item);
    }
  }
  return { ends, literals, globs: [...globs.values()] };
};

type Take = (statement: CompiledStatement) => boolean;

/** False where the budget ran out. */
const collect = (node: Node, pattern: Pattern, budget: Budget, take: Take): boolean => {
  const segment = pattern.segments[node.level];
  if (segment === undefined) {
    if (pattern.below) return node.items.every(({ statement }) => take(statement));
    return node.split(budget)?.ends.every(({ statement }) => take(statement)) === true;
  }
  const split = node.split(budget);
  if (split === null) return false;
  const { ends, literals, globs } = split;
  return (
    ends.every((item) => !item.pattern.below || take(item.statement)) &&
    collectLiterals(literals, segment, pattern, budget, take) &&
    budget.spend(COMPARISON * globs.length) &&
    globs.every(({ glob, node: next }) => !globsOverlap(glob, segment.path) || collect(next, pattern, budget, take))
  );
};

const collectLiterals = (
  literals: ReadonlyMap<string, Node>,
  { path }: SegmentPattern,
  pattern: Pattern,
  budget: Budget,
  take: Take,
): boolean => {
  if (path.form === 'literal') {
    const next = literals.get(path.parts[0] as string);
    return next === undefined || collect(next, pattern, budget, take);
  }
  if (!budget.spend(literals.size)) return false;
  for (const [text, next] of literals) {
    if (matchesGlob(path, text) && !collect(next, pattern, budget, take)) return false;
  }
  return true;
};

/** The indexes of one list: of the statements that name an action, by the action; of the others; of all. */
interface Indexes {
  readonly byAction: Map<string, ReachIndex>;
  open: ReachIndex | null;
  all: ReachIndex | null;
}

const indexesOf = new WeakMap<StatementIndex, Indexes>();

/** The statements of a list that may match something of the rectangle, in order; `null` where the budget runs out. */
export const reaching = (
  list: StatementIndex,
  rectangle: Rectangle,
  budget: Budget,
): readonly CompiledStatement[] | null => {
  if (list.size === 0) return NONE;
  let indexes = indexesOf.get(list);
  if (indexes === undefined) {
    indexes = { byAction: new Map(), open: null, all: null };
    indexesOf.set(list, indexes);
  }
  const { action } = rectangle;
  if (action.form !== 'literal') {
    indexes.all ??= new ReachIndex(list.prospects(null));
    return indexes.all.reaching(rectangle, budget);
  }
  const text = action.parts[0] as string;
  const index = namedIndex(indexes.byAction, list, text);
  const byName = index === null ? NONE : index.reaching(rectangle, budget);
  if (byName === null || list.open.length === 0) return byName;
  indexes.open ??= new ReachIndex(list.open.map(({ statement }) => ({ head: null, statement })));
  const byOpen = indexes.open.reaching(rectangle, budget);
  return byOpen === null ? null : [...byName, ...byOpen].sort((a, b) => a.order - b.order);
};

const namedIndex = (indexes: Map<string, ReachIndex>, list: StatementIndex, action: string): ReachIndex | null => {
  const known = indexes.get(action);
  if (known !== undefined) return known;
  const named = list.prospects(action);
  if (named.length === 0) return null;
  const index = new ReachIndex(named);
  indexes.set(action, index);
  return index;
};

const NONE: readonly CompiledStatement[] = Object.freeze([]);
