/** How a host writes policies, and how it decides by them. PERMISSIONS: two dialects, one algebra. */
export type Dialect = 'featbit' | 'launchdarkly';

export type Effect = 'allow' | 'deny';

/** One rule of a policy as people write it. Which keys may stand in it depends on the dialect. */
export interface Statement {
  readonly effect: Effect;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  /** featbit only; compared with `*` only. */
  readonly resourceType?: string;
  readonly id?: string;
  readonly description?: string;
}

/** A named list of statements, parsed. */
export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly id?: string;
  readonly description?: string;
  readonly builtIn?: boolean;
}

/** Values for `${roleAttribute/key}`, each put in literally. */
export type RoleAttributes = Readonly<Record<string, readonly string[]>>;
