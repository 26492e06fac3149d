import type { PermissionSet } from '../permission-set.ts';
import type { StatementReference } from '../statement.ts';
import { coveredAtOnce } from './at-once.ts';
import { Best } from './best.ts';
import { bestOf, type CoversOptions } from './covers.ts';
import { findGenericExcess } from './generic.ts';
import { askQuestion } from './question.ts';
import { rectanglesOf } from './rectangle.ts';
import { searchRectangle } from './search-rectangle.ts';
import { Trials } from './shorten.ts';
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
  const gained = differences(before, after, options);
  const lost = differences(after, before, options);
  return { gained: gained.found, lost: lost.found, complete: gained.complete && lost.complete };
};

interface Differences {
  readonly found: readonly Difference[];
  readonly complete: boolean;
}

const differences = (outer: PermissionSet, inner: PermissionSet, options: CoversOptions): Differences => {
  const question = askQuestion(outer, inner, options);
  const { budget } = question;
  const trials = new Trials(TRIALS_OF_ALL);
  const found = new Map<string, Difference>();
  let complete = true;
  const targets = outer.factors.filter((factor) => !inner.factors.includes(factor));
  const [base] = [...inner.factors].sort((a, b) => allowsIn(a) - allowsIn(b));
  if (base === undefined || targets.length === 0) return { found: [], complete };
  for (const rectangle of rectanglesOf(base)) {
    for (const target of targets) {
      if (budget.exhausted) return { found: [...found.values()], complete: false };
      if (coveredAtOnce(target, rectangle, budget)) continue;
      const own = { ...question, best: new Best(), refinement: budget.portion(OF_WITNESS) };
      findGenericExcess(rectangle, own, budget);
      const searched = searchRectangle(rectangle, base, target, own);
      const witness = bestOf(own, trials);
      if (witness === null) {
        if (searched.found !== 'nothing') complete = false;
        continue;
      }
      const { action, resource } = witness;
      found.set(JSON.stringify([action, resource]), { action, resource, by: rectangle.statement.by });
      break;
    }
  }
  return { found: [...found.values()], complete: complete && !budget.exhausted };
};

/** States that may be spent on making one witness a better one: there may be many. */
const OF_WITNESS = 50;

/** Enough to make hundreds of ordinary witnesses as short as can be; of an attacker's the first few. */
const TRIALS_OF_ALL = 4_000;

const allowsIn = ({ groups }: PermissionSet['factors'][number]): number =>
  groups.reduce((sum, { allows }) => sum + allows.all.length, 0);
