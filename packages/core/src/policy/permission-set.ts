import type { Dialect } from './policy.ts';
import type { Program } from './program.ts';
import type { Name } from './request.ts';
import { type CompiledStatement, matchesAction, matchesResource, type StatementReference } from './statement.ts';

/**
 * A set of requests, canonical, immutable and free to share: those that every factor allows. `compilePermissions` makes
 * one factor, `intersect` puts factors side by side.
 */
export interface PermissionSet {
  readonly factors: readonly CompiledFactor[];
}

/** A union of groups, written in one dialect: what one call of `compilePermissions` was given. */
export interface Factor {
  readonly dialect: Dialect;
  readonly groups: readonly Group[];
}

/** A factor that requests are decided by. */
export interface CompiledFactor extends Factor {
  readonly program: Program;
}

/** The union of its allows less the union of its denies. */
export interface Group {
  readonly allows: StatementIndex;
  readonly denies: StatementIndex;
}

/** Statements found by a request's action. */
export interface StatementIndex {
  readonly size: number;
  /** All of them, in order. */
  readonly all: readonly CompiledStatement[];
  /** Those that list the action by its name and have no wildcards, in order. */
  named(action: string): readonly CompiledStatement[];
  /** Those with wildcards or `notActions`, in order: they must be tried for every action. */
  readonly open: readonly OpenStatement[];
  /** Those of `named`, or of all where no action is given, in order, before anybody looks at them. */
  prospects(action: string | null): readonly Prospect[];
  /** The one that a decision names; `null` where it is none of these. */
  find(by: StatementReference): CompiledStatement | null;
}

/** A statement that need not have been put together yet. */
export interface Prospect {
  /** What the names that it is about all begin with: the literal path of their first segment. `null`: look at it. */
  readonly head: string | null;
  readonly statement: CompiledStatement;
}

export interface OpenStatement {
  readonly statement: CompiledStatement;
  /** Whether it matches every action, so that none need be compared. */
  readonly any: boolean;
}

/** Of few statements: making it costs nothing for the actions that they list. */
export const indexStatements = (statements: readonly CompiledStatement[]): StatementIndex => {
  const open: OpenStatement[] = [];
  const closed: CompiledStatement[] = [];
  for (const statement of statements) {
    const { any, globs, negated } = statement.actions;
    if (any || negated || globs.length > 0) open.push({ statement, any: any && !negated });
    else closed.push(statement);
  }
  const named = (action: string) => closed.filter(({ actions }) => actions.names.has(action));
  return {
    size: statements.length,
    all: statements,
    named,
    prospects: (action) =>
      (action === null ? statements : named(action)).map((statement) => ({ head: null, statement })),
    open,
    find: (by) => statements.find((statement) => statement.by === by) ?? null,
  };
};

export const statementsOf = ({ groups }: Factor): readonly CompiledStatement[] =>
  groups.flatMap(({ allows, denies }) => [...allows.all, ...denies.all]);

/** The first statement, in order, that matches; it is looked for in two sorted lists at once. */
export const firstMatch = (index: StatementIndex, action: string, name: Name): CompiledStatement | null => {
  const exact = index.named(action);
  const { open } = index;
  let e = 0;
  let o = 0;
  const exactCount = exact.length;
  while (e < exactCount || o < open.length) {
    const nextExact = e < exactCount ? exact[e] : undefined;
    const nextOpen = o < open.length ? open[o] : undefined;
    if (nextOpen === undefined || (nextExact !== undefined && nextExact.order < nextOpen.statement.order)) {
      e += 1;
      if (matchesResource(nextExact as CompiledStatement, name)) return nextExact as CompiledStatement;
    } else {
      o += 1;
      const { statement } = nextOpen;
      if ((nextOpen.any || matchesAction(statement.actions, action)) && matchesResource(statement, name))
        return statement;
    }
  }
  return null;
};
