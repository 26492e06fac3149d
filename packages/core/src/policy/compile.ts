import { type CompiledFactor, type Group, indexStatements, type PermissionSet } from './permission-set.ts';
import type { Dialect, Policy, RoleAttributes } from './policy.ts';
import { compileProgram } from './program.ts';
import { type CompiledStatement, compileStatement } from './statement.ts';

const NO_ATTRIBUTES: RoleAttributes = Object.freeze({});

/**
 * What the policies together allow. featbit pools them into one group, so that a deny of any refuses; launchdarkly makes
 * a group of each, so that one that allows is enough. Linear in the policies' text; an empty list allows nothing.
 *
 * `attributes` are a member's values for `${roleAttribute/key}`, each put in literally.
 */
export const compilePermissions = (
  policies: readonly Policy[],
  options: { readonly dialect: Dialect; readonly attributes?: RoleAttributes },
): PermissionSet => {
  const { dialect, attributes = NO_ATTRIBUTES } = options;
  const compiled = policies.map((policy, policyIndex) =>
    policy.statements.map((statement, statementIndex) =>
      compileStatement(
        {
          policy: policy.name,
          ...(policy.id === undefined ? {} : { policyId: policy.id }),
          policyIndex,
          statementIndex,
          statement,
        },
        0,
        { dialect, attributes },
      ),
    ),
  );
  const groups = dialect === 'featbit' ? [groupOf(compiled.flat())] : compiled.map(groupOf);
  const factor: CompiledFactor = Object.freeze({
    dialect,
    groups: Object.freeze(groups),
    program: compileProgram(groups),
  });
  return Object.freeze({ factors: Object.freeze([factor]) });
};

const groupOf = (statements: readonly CompiledStatement[]): Group => {
  const ordered = statements.map((statement, order) => Object.freeze({ ...statement, order }));
  return Object.freeze({
    allows: indexStatements(ordered.filter((statement) => statement.effect === 'allow')),
    denies: indexStatements(ordered.filter((statement) => statement.effect === 'deny')),
  });
};
