import { ANY } from '../glob.ts';
import { LIMITS } from '../limits.ts';
import { matchesSegment, type Pattern, type SegmentPattern } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import type { CompiledStatement } from '../statement.ts';
import { actionChoices } from './action-choices.ts';
import { COMPARISON } from './budget.ts';
import { POINTS_OF_CHARACTER } from './points.ts';
import type { Rectangle } from './rectangle.ts';
import { type LeaningSegment, type SegmentChoice, segmentChoices, type Walk } from './segment-choices.ts';
import type { Witness } from './witness.ts';

/** A statement that tells requests apart, and whether an excess is helped by matching it or hindered. */
export interface Telling {
  readonly statement: CompiledStatement;
  readonly wanted: boolean;
}

export interface RectangleWalk extends Walk {
  readonly knownActions: readonly string[];
  /** Requests of so many points or more need not be visited; asked again and again. */
  readonly limit: () => number;
}

/**
 * Walks over one request of every class that the statements can tell apart within a rectangle, but for those that another
 * one makes needless, and hands each to `visit` until that returns true. Complete: whether a request is an excess depends
 * on nothing but the classes, and never ends by matching more of what is wanted or less of what isn't. First the
 * actions, then the segments one by one; choices after which the same patterns can still match are one choice.
 *
 * `true`: `visit` stopped it. `false`: everything was visited. `null`: the budget ran out.
 */
export const walkRectangle = (
  rectangle: Rectangle,
  telling: readonly Telling[],
  walk: RectangleWalk,
  visit: (witness: Witness, points: number) => boolean,
): boolean | null => {
  const choices = actionChoices(rectangle, telling, walk);
  if (choices === null) return null;
  for (const { action, points: ofAction, alive } of choices) {
    const patterns = alive.flatMap(({ statement, wanted }) =>
      statement.patterns.map((pattern) => ({ pattern, wanted: wanted !== statement.negated })),
    );
    for (const depth of depthsOf(rectangle.pattern, patterns)) {
      if (!walk.budget.spend(patterns.length)) return null;
      const found = new DepthWalk(rectangle.pattern, depth, patterns, walk, ofAction).run((name, points) =>
        visit({ action, name }, points),
      );
      if (found !== false) return found;
    }
  }
  return false;
};

interface LeaningPattern {
  readonly pattern: Pattern;
  readonly wanted: boolean;
}

/** Names longer than every pattern by one stand for all longer ones. */
const depthsOf = (base: Pattern, patterns: readonly LeaningPattern[]): readonly number[] => {
  const least = base.segments.length;
  const longest = patterns.reduce((most, { pattern }) => Math.max(most, pattern.segments.length), least);
  const most = Math.min(base.below ? longest + 1 : least, LIMITS.segments);
  return Array.from({ length: Math.max(0, most - least + 1) }, (_, i) => least + i);
};

const OPEN_SEGMENT: SegmentPattern = { path: ANY, tags: [], anyTag: false, properties: [] };

/** Over the names of one length. */
class DepthWalk {
  readonly #base: Pattern;
  readonly #depth: number;
  readonly #patterns: readonly LeaningPattern[];
  readonly #walk: RectangleWalk;
  readonly #ofAction: number;
  /** How many characters the segments from each place on take at least, with the colons before them. */
  readonly #rest: readonly number[];
  /** By what can still match at each place: the fewest characters so far, and the choices from there on. */
  readonly #seen: readonly Map<string, number>[];
  readonly #choices: readonly Map<string, readonly SegmentChoice[]>[];
  readonly #name: NameSegment[] = [];
  #visit: (name: readonly NameSegment[], points: number) => boolean = () => false;

  constructor(
    base: Pattern,
    depth: number,
    patterns: readonly LeaningPattern[],
    walk: RectangleWalk,
    ofAction: number,
  ) {
    this.#base = base;
    this.#depth = depth;
    this.#patterns = patterns.filter(({ pattern: { segments, below } }) =>
      below ? segments.length <= depth : segments.length === depth,
    );
    this.#walk = walk;
    this.#ofAction = ofAction;
    const rest = [0];
    for (let level = depth - 1; level >= 0; level -= 1) {
      const least = Math.max(1, base.segments[level]?.path.length ?? 1);
      rest.unshift((rest[0] as number) + least + (level === 0 ? 0 : 1));
    }
    this.#rest = rest;
    this.#seen = rest.map(() => new Map());
    this.#choices = rest.map(() => new Map());
  }

  run(visit: (name: readonly NameSegment[], points: number) => boolean): boolean | null {
    this.#visit = visit;
    return this.#enter(
      this.#patterns.map((_, i) => i),
      0,
    );
  }

  /** `alive`: places of the patterns that match the segments chosen so far. */
  #enter(alive: readonly number[], cost: number): boolean | null {
    const level = this.#name.length;
    const points = this.#ofAction + POINTS_OF_CHARACTER * (cost + (this.#rest[level] as number));
    if (points >= this.#walk.limit()) return false;
    const key = alive.join();
    const seen = this.#seen[level] as Map<string, number>;
    const before = seen.get(key);
    if (before !== undefined && (before <= cost || this.#walk.aim === 'any')) return false;
    seen.set(key, cost);
    if (level === this.#depth) return this.#visit([...this.#name], points);
    const choices = this.#choicesAt(level, alive, key);
    if (choices === null) return null;
    for (const choice of choices) {
      if (!this.#walk.budget.spend(COMPARISON * (alive.length + 1))) return null;
      const next = alive.filter((i) => {
        const segment = this.#patterns[i]?.pattern.segments[level];
        return segment === undefined || matchesSegment(segment, choice.segment, 'must');
      });
      this.#name.push(choice.segment);
      const found = this.#enter(next, cost + choice.cost + (level === 0 ? 0 : 1));
      this.#name.pop();
      if (found !== false) return found;
    }
    return false;
  }

  #choicesAt(level: number, alive: readonly number[], key: string): readonly SegmentChoice[] | null {
    const known = (this.#choices[level] as Map<string, readonly SegmentChoice[]>).get(key);
    if (known !== undefined) return known;
    if (!this.#walk.budget.spend(COMPARISON * alive.length)) return null;
    const constraining: LeaningSegment[] = [];
    for (const i of alive) {
      const { pattern, wanted } = this.#patterns[i] as LeaningPattern;
      const segment = pattern.segments[level];
      if (segment !== undefined) constraining.push({ segment, wanted });
    }
    const choices = segmentChoices(this.#base.segments[level] ?? OPEN_SEGMENT, constraining, this.#walk);
    if (choices !== null) this.#choices[level]?.set(key, choices);
    return choices;
  }
}
