import { LazyStatements, type Source } from './lazy-statements.ts';
import type { CompiledFactor, Group, PermissionSet } from './permission-set.ts';
import type { Dialect, Policy, RoleAttributes, Statement } from './policy.ts';
import { compileProgram, type Program } from './program.ts';
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
): PermissionSet => Object.freeze({ factors: Object.freeze([new PolicyFactor(policies, options)]) });

/**
 * Holds what decides, and puts the statements themselves together when somebody looks at them: they take several times as
 * much memory, and most sets are only decided by.
 */
class PolicyFactor implements CompiledFactor {
  readonly dialect: Dialect;
  readonly program: Program;
  readonly #sources: readonly (readonly Source[])[];
  readonly #attributes: RoleAttributes;
  #groups: readonly Group[] | null = null;

  constructor(
    policies: readonly Policy[],
    { dialect, attributes = NO_ATTRIBUTES }: { readonly dialect: Dialect; readonly attributes?: RoleAttributes },
  ) {
    const sources = policies.map(sourcesOf);
    this.dialect = dialect;
    this.#sources = (dialect === 'featbit' ? [sources.flat()] : sources).map((group) =>
      group.map((source, order) => ({ ...source, order })),
    );
    this.#attributes = Object.fromEntries(Object.entries(attributes).map(([key, values]) => [key, [...values]]));
    this.program = compileProgram(this.#compile());
    Object.freeze(this);
  }

  get groups(): readonly Group[] {
    this.#groups ??= Object.freeze(this.#sources.map((sources) => this.#groupOf(sources)));
    return this.#groups;
  }

  #groupOf(sources: readonly Source[]): Group {
    const options = { dialect: this.dialect, attributes: this.#attributes };
    const isAllow = ({ statement }: Source) => statement.effect === 'allow';
    return Object.freeze({
      allows: new LazyStatements(sources.filter(isAllow), options),
      denies: new LazyStatements(
        sources.filter((source) => !isAllow(source)),
        options,
      ),
    });
  }

  #compile(): readonly (readonly CompiledStatement[])[] {
    const options = { dialect: this.dialect, attributes: this.#attributes };
    return this.#sources.map((group) =>
      group.map(({ by, statement, order }) => Object.freeze(compileStatement(by, statement, order, options))),
    );
  }
}

const sourcesOf = (policy: Policy, policyIndex: number): readonly Omit<Source, 'order'>[] =>
  policy.statements.map((statement, statementIndex) => ({
    by: {
      policy: policy.name,
      ...(policy.id === undefined ? {} : { policyId: policy.id }),
      policyIndex,
      statementIndex,
      statement,
    },
    statement: frozen(statement),
  }));

const frozen = (statement: Statement): Statement =>
  Object.isFrozen(statement) && LISTS.every((list) => Object.isFrozen(statement[list]))
    ? statement
    : Object.freeze({
        ...statement,
        ...Object.fromEntries(
          LISTS.flatMap((list) => (statement[list] === undefined ? [] : [[list, Object.freeze([...statement[list]])]])),
        ),
      });

const LISTS = ['actions', 'notActions', 'resources', 'notResources'] as const;
