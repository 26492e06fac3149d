import { ANY, type Glob, globOfLiteral, matchesGlob } from '../glob.ts';
import { globCovers, globsOverlap, patternCovers, patternsOverlap } from '../overlap.ts';
import { everything, type Pattern } from '../pattern.ts';
import type { Factor, Group } from '../permission-set.ts';
import type { ActionPattern, CompiledStatement } from '../statement.ts';

/**
 * One action glob and one resource pattern of an allow: what coverage is decided for, piece by piece. For `notActions`
 * and `notResources` the piece is everything, and the statement itself says later what is not in it.
 */
export interface Rectangle {
  readonly group: Group;
  readonly statement: CompiledStatement;
  readonly action: Glob;
  readonly pattern: Pattern;
}

const EVERYTHING = everything('*');

/** One by one: a short statement of many actions and many resources has millions of them. */
export function* rectanglesOf(factor: Factor): Generator<Rectangle> {
  for (const group of factor.groups) {
    for (const statement of group.allows.all) {
      const actions = statement.actions.negated ? [ANY] : actionGlobs(statement.actions);
      const patterns = statement.negated ? [EVERYTHING] : statement.patterns;
      for (const action of actions) for (const pattern of patterns) yield { group, statement, action, pattern };
    }
  }
}

export const actionGlobs = ({ any, names, globs }: ActionPattern): readonly Glob[] =>
  any ? [ANY] : [...[...names].map(globOfLiteral), ...globs];

/** How much there is to look at in a statement. */
export const sizeOf = ({ actions, patterns }: CompiledStatement, { action }: Rectangle): number =>
  patterns.length + actions.globs.length + (action.form === 'literal' ? 1 : actions.names.size);

/** Whether a statement certainly matches all of a rectangle. */
export const matchesAll = (statement: CompiledStatement, { action, pattern }: Rectangle): boolean =>
  actionsCover(statement.actions, action) && resourcesCover(statement, pattern);

/** Whether a statement may match something of a rectangle; `false` is certain. */
export const reaches = (statement: CompiledStatement, { action, pattern }: Rectangle): boolean =>
  actionsReach(statement.actions, action) && resourcesReach(statement, pattern);

/** Whether what `deny` matches of a rectangle is certainly matched by `other` too. */
export const repeats = (other: CompiledStatement, deny: CompiledStatement, rectangle: Rectangle): boolean =>
  (actionsCover(other.actions, rectangle.action) || actionsInclude(other.actions, deny.actions, rectangle.action)) &&
  (resourcesCover(other, rectangle.pattern) || resourcesInclude(other, deny, rectangle.pattern));

const actionsCover = (actions: ActionPattern, glob: Glob): boolean => {
  if (actions.negated) return !actionGlobs(actions).some((listed) => globsOverlap(listed, glob));
  if (actions.any) return true;
  if (glob.form === 'literal' && actions.names.has(glob.parts[0] as string)) return true;
  return actions.globs.some((listed) => globCovers(listed, glob));
};

const actionsReach = (actions: ActionPattern, glob: Glob): boolean => {
  if (actions.negated) return !actionGlobs(actions).some((listed) => globCovers(listed, glob));
  if (actions.any) return true;
  if (glob.form === 'literal') {
    if (actions.names.has(glob.parts[0] as string)) return true;
  } else for (const name of actions.names) if (matchesGlob(glob, name)) return true;
  return actions.globs.some((listed) => globsOverlap(listed, glob));
};

const actionsInclude = (wide: ActionPattern, narrow: ActionPattern, within: Glob): boolean => {
  if (narrow.negated) {
    // Whoever excludes no more than `narrow` does matches no less.
    return wide.negated
      ? actionGlobs(wide).every((listed) => actionGlobs(narrow).some((glob) => globCovers(glob, listed)))
      : wide.any;
  }
  return actionGlobs(narrow).every((glob) => !globsOverlap(glob, within) || actionsCover(wide, glob));
};

const resourcesCover = ({ patterns, negated }: CompiledStatement, pattern: Pattern): boolean =>
  negated
    ? !patterns.some((excluded) => patternsOverlap(excluded, pattern))
    : patterns.some((listed) => patternCovers(listed, pattern));

const resourcesReach = ({ patterns, negated }: CompiledStatement, pattern: Pattern): boolean =>
  negated
    ? !patterns.some((excluded) => patternCovers(excluded, pattern))
    : patterns.some((listed) => patternsOverlap(listed, pattern));

const resourcesInclude = (wide: CompiledStatement, narrow: CompiledStatement, within: Pattern): boolean => {
  if (narrow.negated) {
    return (
      wide.negated && wide.patterns.every((excluded) => narrow.patterns.some((other) => patternCovers(other, excluded)))
    );
  }
  return narrow.patterns.every((pattern) => !patternsOverlap(pattern, within) || resourcesCover(wide, pattern));
};
