import { ANY, matchesGlob } from '../glob.ts';
import { LIMITS } from '../limits.ts';
import { matchesSegment, type Pattern, type SegmentPattern } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import { type CompiledStatement, matchesAction } from '../statement.ts';
import type { Budget } from './budget.ts';
import { textClasses } from './classes.ts';
import { freshCharacter } from './fresh.ts';
import { actionGlobs, type Rectangle } from './rectangle.ts';
import { distinctGlobs, segmentChoices } from './segment-choices.ts';

/** A request put together from one text for each class. */
export interface Witness {
  readonly action: string;
  readonly name: readonly NameSegment[];
}

export interface SearchOptions {
  readonly budget: Budget;
  /** Preferred, where one of them is as good as an invented action. */
  readonly knownActions: readonly string[];
  /** A letter that neither set mentions anywhere; looked for when it is first asked for. */
  readonly rareLetter: () => string;
}

/**
 * Walks over one request of every class that the statements can tell apart within a rectangle, and hands each to `visit`
 * until that returns true. Complete: whether a statement matches depends on nothing but the classes. First the actions,
 * then the segments one by one; choices after which the same patterns can still match are one choice.
 *
 * `true`: `visit` stopped it. `false`: everything was visited. `null`: the budget ran out.
 */
export const walkRectangle = (
  rectangle: Rectangle,
  statements: readonly CompiledStatement[],
  options: SearchOptions,
  visit: (witness: Witness) => boolean,
): boolean | null => {
  const fresh = freshCharacter([rectangle.statement, ...statements]);
  const choices = actionChoices(rectangle, statements, fresh, options);
  if (choices === null) return null;
  for (const { action, alive } of choices) {
    const patterns = [...new Set(alive.flatMap((statement) => statement.patterns))];
    for (const depth of depthsOf(rectangle.pattern, patterns)) {
      const found = walkDepth({ base: rectangle.pattern, depth, fresh, budget: options.budget }, patterns, (name) =>
        visit({ action, name }),
      );
      if (found !== false) return found;
    }
  }
  return false;
};

interface ActionChoice {
  readonly action: string;
  readonly alive: readonly CompiledStatement[];
}

/** One action for each set of statements that can match together. */
const actionChoices = (
  { action: base }: Rectangle,
  statements: readonly CompiledStatement[],
  fresh: string,
  { budget, knownActions }: SearchOptions,
): readonly ActionChoice[] | null => {
  const globs = distinctGlobs(statements.flatMap(({ actions }) => actionGlobs(actions)));
  const classes = textClasses(base, globs, fresh, budget);
  if (classes === null) return null;
  const named = statements.flatMap(({ actions }) => [...actions.names]);
  const known = [...knownActions, ...named].filter((action) => matchesGlob(base, action));
  const choices = new Map<string, ActionChoice>();
  for (const action of new Set([...known, ...classes.map(({ text }) => text)])) {
    if (action === '') continue;
    if (!budget.spend(statements.length)) return null;
    const alive = statements.flatMap((statement, i) => (matchesAction(statement.actions, action) ? [i] : []));
    const key = alive.join();
    if (!choices.has(key)) choices.set(key, { action, alive: alive.map((i) => statements[i] as CompiledStatement) });
  }
  return [...choices.values()];
};

/** Names longer than every pattern by one stand for all longer ones. */
const depthsOf = (base: Pattern, patterns: readonly Pattern[]): readonly number[] => {
  const least = base.segments.length;
  const longest = patterns.reduce((most, { segments }) => Math.max(most, segments.length), least);
  const most = Math.min(base.below ? longest + 1 : least, LIMITS.segments);
  return Array.from({ length: Math.max(0, most - least + 1) }, (_, i) => least + i);
};

interface Walk {
  readonly base: Pattern;
  readonly depth: number;
  readonly fresh: string;
  readonly budget: Budget;
}

const OPEN_SEGMENT: SegmentPattern = { path: ANY, tags: [], anyTag: false, properties: [] };

const walkDepth = (
  { base, depth, fresh, budget }: Walk,
  patterns: readonly Pattern[],
  visit: (name: readonly NameSegment[]) => boolean,
): boolean | null => {
  const fitting = patterns.filter(({ segments, below }) =>
    below ? segments.length <= depth : segments.length === depth,
  );
  const visited = Array.from({ length: depth + 1 }, () => new Set<string>());
  const name: NameSegment[] = [];

  /** `alive`: places in `fitting` of the patterns that match the segments chosen so far. */
  const walk = (alive: readonly number[]): boolean | null => {
    const level = name.length;
    const seen = visited[level] as Set<string>;
    const key = alive.join();
    if (seen.has(key)) return false;
    seen.add(key);
    if (level === depth) return visit([...name]);
    const segmentOf = (i: number) => fitting[i]?.segments[level];
    const constrained = alive.map(segmentOf).filter((segment) => segment !== undefined);
    const choices = segmentChoices(base.segments[level] ?? OPEN_SEGMENT, constrained, fresh, budget);
    if (choices === null) return null;
    for (const choice of choices) {
      if (!budget.spend(alive.length + 1)) return null;
      const next = alive.filter((i) => {
        const segment = segmentOf(i);
        return segment === undefined || matchesSegment(segment, choice, 'must');
      });
      name.push(choice);
      const found = walk(next);
      name.pop();
      if (found !== false) return found;
    }
    return false;
  };
  return walk(fitting.map((_, i) => i));
};
