import type { PermissionSet } from '../permission-set.ts';
import type { StatementReference } from '../statement.ts';
import { coveredAtOnce } from './at-once.ts';
import { type CoversOptions, createSearch } from './covers.ts';
import { genericExcess } from './generic.ts';
import { rectanglesOf } from './rectangle.ts';
import type { SearchOptions } from './search.ts';
import { searchRectangle } from './search-rectangle.ts';
import type { Counterexample } from './witness-text.ts';

/** A request that one set allows and the other denies, and the statement of the first whose reach changed there. */
export interface Difference extends Counterexample {
  readonly by: StatementReference;
}

/**
 * What a change of permissions gives and takes. One witness for each class: an action and a pattern of a statement that
 * allows by one set what the other one denies, or some of it.
 */
export interface PermissionDiff {
  /** Allowed after and not before. */
  readonly gained: readonly Difference[];
  /** Allowed before and not after. */
  readonly lost: readonly Difference[];
  /** Whether there is certainly nothing else: false where the budget ran out, or a difference can't be written as text. */
  readonly complete: boolean;
}

/**
 * Exact, by the same procedure as `covers`: `complete` with nothing gained says that nothing is. Each direction has the
 * whole budget. Every witness is confirmed by `decide` on both sets.
 */
export const diffPermissions = (
  before: PermissionSet,
  after: PermissionSet,
  options: CoversOptions = {},
): PermissionDiff => {
  const gained = differences(before, after, createSearch(before, after, options));
  const lost = differences(after, before, createSearch(after, before, options));
  return { gained: gained.found, lost: lost.found, complete: gained.complete && lost.complete };
};

interface Differences {
  readonly found: readonly Difference[];
  readonly complete: boolean;
}

const differences = (outer: PermissionSet, inner: PermissionSet, search: SearchOptions): Differences => {
  const { budget } = search;
  const found = new Map<string, Difference>();
  let complete = true;
  const targets = outer.factors.filter((factor) => !inner.factors.includes(factor));
  const [base] = [...inner.factors].sort((a, b) => allowsIn(a) - allowsIn(b));
  if (base === undefined || targets.length === 0) return { found: [], complete };
  for (const rectangle of rectanglesOf(base)) {
    const add = ({ action, resource }: Counterexample) =>
      found.set(JSON.stringify([action, resource]), { action, resource, by: rectangle.statement.by });
    for (const target of targets) {
      if (budget.exhausted) return { found: [...found.values()], complete: false };
      if (coveredAtOnce(target, rectangle, budget)) continue;
      const plain = genericExcess(rectangle, outer, inner, search);
      if (plain !== null) {
        add(plain);
        break;
      }
      const searched = searchRectangle(rectangle, base, target, outer, inner, search);
      if (searched.found === 'excess') {
        add(searched.counterexample);
        break;
      }
      if (searched.found !== 'nothing') complete = false;
    }
  }
  return { found: [...found.values()], complete: complete && !budget.exhausted };
};

const allowsIn = ({ groups }: PermissionSet['factors'][number]): number =>
  groups.reduce((sum, { allows }) => sum + allows.all.length, 0);
