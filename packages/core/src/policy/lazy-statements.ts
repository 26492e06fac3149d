import { indexStatements, type StatementIndex } from './permission-set.ts';
import type { Dialect, RoleAttributes, Statement } from './policy.ts';
import { type CompiledStatement, compileStatement, isOpenStatement, type StatementReference } from './statement.ts';

/** A statement as it was when its set was compiled. */
export interface Source {
  readonly by: StatementReference;
  readonly statement: Statement;
  /** Place among the statements of its group. */
  readonly order: number;
}

/**
 * Statements of one effect, each put together when somebody looks at it and then kept: a set of thousands that is
 * compared for the first time pays for those that the comparison comes near to.
 */
export class LazyStatements implements StatementIndex {
  readonly #sources: readonly Source[];
  readonly #options: { readonly dialect: Dialect; readonly attributes: RoleAttributes };
  readonly #compiled: (CompiledStatement | undefined)[] = [];
  readonly #named = new Map<string, readonly CompiledStatement[]>();
  #index: StatementIndex | null = null;
  #open: StatementIndex['open'] | null = null;

  constructor(sources: readonly Source[], options: { readonly dialect: Dialect; readonly attributes: RoleAttributes }) {
    this.#sources = sources;
    this.#options = options;
  }

  get size(): number {
    return this.#sources.length;
  }

  get all(): readonly CompiledStatement[] {
    this.#index ??= indexStatements(this.#sources.map((_, i) => this.#at(i)));
    return this.#index.all;
  }

  named(action: string): readonly CompiledStatement[] {
    let named = this.#named.get(action);
    if (named === undefined) {
      const { dialect } = this.#options;
      named = this.#those(({ statement }) => listed(statement, action) && !isOpenStatement(statement, dialect));
      // A request may name any action; only those that a statement lists are worth a place.
      if (named.length > 0) this.#named.set(action, named);
    }
    return named;
  }

  get open(): StatementIndex['open'] {
    const { dialect } = this.#options;
    this.#open ??= indexStatements(this.#those(({ statement }) => isOpenStatement(statement, dialect))).open;
    return this.#open;
  }

  find(by: StatementReference): CompiledStatement | null {
    let [low, high] = [0, this.#sources.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (stands((this.#sources[middle] as Source).by, by) < 0) low = middle + 1;
      else high = middle;
    }
    return this.#sources[low]?.by === by ? this.#at(low) : null;
  }

  #those(wanted: (source: Source) => boolean): readonly CompiledStatement[] {
    const found: CompiledStatement[] = [];
    this.#sources.forEach((source, i) => {
      if (wanted(source)) found.push(this.#at(i));
    });
    return found;
  }

  #at(place: number): CompiledStatement {
    let compiled = this.#compiled[place];
    if (compiled === undefined) {
      const { by, statement, order } = this.#sources[place] as Source;
      compiled = Object.freeze(compileStatement(by, statement, order, this.#options));
      this.#compiled[place] = compiled;
    }
    return compiled;
  }
}

const listed = ({ actions }: Statement, action: string): boolean => actions?.includes(action) === true;

/** Statements stand in the order of their policies. */
const stands = (a: StatementReference, b: StatementReference): number =>
  a.policyIndex - b.policyIndex || a.statementIndex - b.statementIndex;
