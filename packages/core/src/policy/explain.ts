import { type Decision, decide } from './decide.ts';
import { findMissing, type Missing } from './missing.ts';
import type { PermissionSet } from './permission-set.ts';
import { type Request, readName } from './request.ts';
import type { CompiledStatement, StatementReference } from './statement.ts';

export interface MatchedStatement {
  readonly by: StatementReference;
  readonly effect: 'allow' | 'deny';
  /** Which of the sets that were intersected it stands in, from 0. */
  readonly factor: number;
}

/** A statement that would have matched but for one thing. */
export interface NearMiss extends MatchedStatement {
  readonly missing: Missing;
}

/** Why a request was decided as it was. Lists are in the order of the statements. */
export interface Explanation {
  readonly decision: Decision;
  readonly matched: readonly MatchedStatement[];
  readonly nearMisses: readonly NearMiss[];
  /** Whether it is a request at all: one that is empty, too long or malformed is denied whatever the permissions are. */
  readonly readable: boolean;
}

/**
 * Every statement that matched, allow or deny, and every one that lacked exactly one thing. `decision` is `decide`'s. Not
 * for the path of a request: it looks at every statement. A request that can't be read matches nothing.
 */
export const explain = (permissions: PermissionSet, request: Request): Explanation => {
  const matched: MatchedStatement[] = [];
  const nearMisses: NearMiss[] = [];
  let readable = true;
  permissions.factors.forEach(({ dialect, groups }, factor) => {
    const name = readName(request, dialect);
    if (name === null) {
      readable = false;
      return;
    }
    for (const { allows, denies } of groups) {
      const statements: readonly CompiledStatement[] = [...allows.all, ...denies.all].sort((a, b) => a.order - b.order);
      for (const statement of statements) {
        const missing = findMissing(statement, request.action, name);
        const { by, effect } = statement;
        if (missing.length === 0) matched.push({ by, effect, factor });
        else if (missing.length === 1) nearMisses.push({ by, effect, factor, missing: missing[0] as Missing });
      }
    }
  });
  return { decision: decide(permissions, request), matched, nearMisses, readable };
};
