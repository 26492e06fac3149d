import { indexStatements, type Prospect, type StatementIndex } from './permission-set.ts';
import type { Dialect, RoleAttributes, Statement } from './policy.ts';
import { headOf } from './resource-head.ts';
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
  readonly #prospects: (Prospect | undefined)[] = [];
  readonly #named = new Map<string, readonly CompiledStatement[]>();
  #places: Places | null = null;
  #all: readonly CompiledStatement[] | null = null;
  #open: StatementIndex['open'] | null = null;

  constructor(sources: readonly Source[], options: { readonly dialect: Dialect; readonly attributes: RoleAttributes }) {
    this.#sources = sources;
    this.#options = options;
  }

  get size(): number {
    return this.#sources.length;
  }

  get all(): readonly CompiledStatement[] {
    this.#all ??= this.#sources.map((_, place) => this.#at(place));
    return this.#all;
  }

  named(action: string): readonly CompiledStatement[] {
    let named = this.#named.get(action);
    if (named === undefined) {
      named = this.#placesOf(action).map((place) => this.#at(place));
      // A request may name any action; only those that a statement lists are worth a place.
      if (named.length > 0) this.#named.set(action, named);
    }
    return named;
  }

  get open(): StatementIndex['open'] {
    this.#open ??= indexStatements(this.#found.open.map((place) => this.#at(place))).open;
    return this.#open;
  }

  prospects(action: string | null): readonly Prospect[] {
    return action === null
      ? this.#sources.map((_, place) => this.#prospectAt(place))
      : this.#placesOf(action).map((place) => this.#prospectAt(place));
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

  get #found(): Places {
    this.#places ??= placesIn(this.#sources, this.#options.dialect);
    return this.#places;
  }

  #placesOf(action: string): readonly number[] {
    return this.#found.byAction.get(action) ?? NOWHERE;
  }

  /** One for all the actions that a statement lists: there may be thousands of them, and as many resources to look at. */
  #prospectAt(place: number): Prospect {
    let prospect = this.#prospects[place];
    if (prospect === undefined) {
      const { statement } = this.#sources[place] as Source;
      const put = () => this.#at(place);
      prospect = {
        head: headOf(statement, this.#options.dialect),
        get statement() {
          return put();
        },
      };
      this.#prospects[place] = prospect;
    }
    return prospect;
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

/** Where statements stand that list an action by its name, and those that must be tried for every action. */
interface Places {
  readonly byAction: ReadonlyMap<string, readonly number[]>;
  readonly open: readonly number[];
}

const NOWHERE: readonly number[] = Object.freeze([]);

const placesIn = (sources: readonly Source[], dialect: Dialect): Places => {
  const byAction = new Map<string, number[]>();
  const open: number[] = [];
  sources.forEach(({ statement }, place) => {
    if (isOpenStatement(statement, dialect)) {
      open.push(place);
      return;
    }
    for (const action of statement.actions as readonly string[]) {
      const places = byAction.get(action);
      if (places === undefined) byAction.set(action, [place]);
      // An action may be listed twice.
      else if (places.at(-1) !== place) places.push(place);
    }
  });
  return { byAction, open };
};

/** Statements stand in the order of their policies. */
const stands = (a: StatementReference, b: StatementReference): number =>
  a.policyIndex - b.policyIndex || a.statementIndex - b.statementIndex;
