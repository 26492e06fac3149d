import type { Dialect, Policy, RoleAttributes, Statement } from './policy/policy.ts';

/** A preset that a person picks instead of statements. `full_access` is not expanded: see {@link TokenPermissions}. */
export type Ability = 'full_access' | 'read' | 'write' | 'metrics';

/**
 * A personal token's own permissions. They only ever narrow: the owner's set, taken live, is intersected with them at
 * each decision (NO-ESCALATION).
 */
export type PersonalPermissions =
  /** Whatever the owner may do. Managing tokens is taken out unless it was ticked: `manageTokens`. */
  | { readonly type: 'inherit'; readonly manageTokens: boolean }
  | {
      readonly type: 'ability';
      readonly ability: Exclude<Ability, 'full_access'>;
      readonly project: string | null;
      readonly statements: readonly Statement[];
    }
  /** Policies of the host, read live by id. One that is missing allows nothing; it never becomes `inherit`. */
  | { readonly type: 'policies'; readonly policyIds: readonly string[] }
  | { readonly type: 'statements'; readonly statements: readonly Statement[] };

/** What a service token's frozen permissions were made from; shown, never decided by. */
export type FrozenSource =
  | { readonly type: 'ability'; readonly ability: Ability; readonly project: string | null }
  | { readonly type: 'policies'; readonly policies: readonly { readonly id: string; readonly name: string }[] }
  | { readonly type: 'statements' };

/**
 * A service token's permissions, exactly as they were when it was issued (FROZEN-SERVICE). Kept as policies, not as one
 * list of statements, because the launchdarkly dialect judges each policy alone. The issuer's role attributes are
 * frozen beside them instead of being written into the patterns, where a `*` in a value would turn into a wildcard.
 */
export interface FrozenPermissions {
  readonly type: 'frozen';
  readonly dialect: Dialect;
  readonly source: FrozenSource;
  readonly policies: readonly Policy[];
  readonly attributes: RoleAttributes;
}

export type TokenPermissions = PersonalPermissions | FrozenPermissions;
