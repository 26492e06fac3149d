import { type Glob, globOfText, matchesGlob } from './glob.ts';
import { compilePattern, everything, matchesPattern, type Pattern, type Reading } from './pattern.ts';
import type { Dialect, Effect, RoleAttributes, Statement } from './policy.ts';
import type { Name } from './request.ts';

/** Which statement of which policy: what a decision names. */
export interface StatementReference {
  readonly policy: string;
  readonly policyId?: string;
  /** Place in the list that was compiled, from 0. */
  readonly policyIndex: number;
  readonly statementIndex: number;
  readonly statement: Statement;
}

/** The actions of a statement. A `notActions` list is `negated`; what it lists never matches. */
export interface ActionPattern {
  readonly any: boolean;
  readonly names: ReadonlySet<string>;
  readonly globs: readonly Glob[];
  readonly negated: boolean;
}

/** The canonical form of a statement: no dialect is left in it. */
export interface CompiledStatement {
  readonly by: StatementReference;
  readonly effect: Effect;
  /** Place among the statements of its group, for the first that decided. */
  readonly order: number;
  readonly actions: ActionPattern;
  readonly patterns: readonly Pattern[];
  /** Whether `patterns` are `notResources`. */
  readonly negated: boolean;
  readonly reading: Reading;
}

export const compileStatement = (
  by: StatementReference,
  statement: Statement,
  order: number,
  options: { readonly dialect: Dialect; readonly attributes: RoleAttributes },
): CompiledStatement => {
  // Only an exact `allow` allows: the text may come from a host that knows more effects than we do.
  const effect = statement.effect === 'allow' ? 'allow' : 'deny';
  if (!isReadByItsLists(statement, options.dialect)) {
    // The host ignores actions and resources of a deny under `*`. A statement with no list, or with both lists of one
    // thing, can't have been parsed; it too counts against the caller.
    const patterns = effect === 'deny' ? [everything('*')] : [];
    return { by, effect, order, actions: ANY_ACTION, patterns, negated: false, reading: 'may' };
  }
  const negated = statement.notResources !== undefined;
  const reading = (effect === 'allow') !== negated ? 'must' : 'may';
  return {
    by,
    effect,
    order,
    actions: compileActions(statement, options.dialect),
    patterns: (statement.resources ?? statement.notResources ?? []).flatMap((text) =>
      compilePattern(text, { ...options, reading }),
    ),
    negated,
    reading,
  };
};

/** Whether a statement has to be tried for every action: it lists something other than names, or isn't read by its lists. */
export const isOpenStatement = (statement: Statement, dialect: Dialect): boolean =>
  !isReadByItsLists(statement, dialect) ||
  statement.notActions !== undefined ||
  (statement.actions as readonly string[]).some((action) => action === '*' || isActionGlob(action, dialect));

/** Whether its lists say what it matches; else it is everything that an effect like its own can be. */
export const isReadByItsLists = (statement: Statement, dialect: Dialect): boolean =>
  isClear(statement) && (statement.effect === 'allow' || dialect !== 'featbit' || statement.resourceType !== '*');

const isClear = (statement: Statement): boolean =>
  (statement.actions === undefined) !== (statement.notActions === undefined) &&
  (statement.resources === undefined) !== (statement.notResources === undefined) &&
  statement.notActions?.length !== 0 &&
  statement.notResources?.length !== 0;

const NO_NAMES: ReadonlySet<string> = new Set();

const ANY_ACTION: ActionPattern = { any: true, names: NO_NAMES, globs: [], negated: false };

const compileActions = (statement: Statement, dialect: Dialect): ActionPattern => {
  const list = statement.actions ?? statement.notActions ?? [];
  const isGlob = (action: string) => isActionGlob(action, dialect);
  return {
    any: list.includes('*'),
    names: new Set(list.filter((action) => action !== '*' && !isGlob(action))),
    globs: list.filter((action) => action !== '*' && isGlob(action)).map(globOfText),
    negated: statement.notActions !== undefined,
  };
};

const isActionGlob = (action: string, dialect: Dialect): boolean => dialect === 'launchdarkly' && action.includes('*');

export const matchesAction = ({ any, names, globs, negated }: ActionPattern, action: string): boolean =>
  (any || names.has(action) || globs.some((glob) => matchesGlob(glob, action))) !== negated;

export const matchesResource = ({ patterns, negated, reading }: CompiledStatement, name: Name): boolean => {
  for (const pattern of patterns) if (matchesPattern(pattern, name, reading)) return !negated;
  return negated;
};
