/** Stable codes of what can be wrong with the text of a policy. A code is never used again for something else. */
export type PolicyProblemCode =
  | 'not_a_list'
  | 'not_an_object'
  | 'not_text'
  | 'missing'
  | 'unknown_key'
  | 'unknown_effect'
  | 'both_lists'
  | 'empty_list'
  | 'empty_text'
  | 'ill_formed_text'
  | 'action_wildcard'
  | 'unknown_action'
  | 'pattern_too_long'
  | 'action_too_long'
  | 'too_many_segments'
  | 'too_many_tags'
  | 'empty_tag'
  | 'malformed_property'
  | 'malformed_attribute'
  | 'too_many_statements'
  | 'statements_too_large'
  | 'unreadable'
  | 'too_many_problems';

/** One thing that is wrong, where it is, and a sentence that its writer can act on. */
export interface PolicyProblem {
  /** From the input's root, such as `[0].statements[2].resources[1]`; empty for the input itself. */
  readonly path: string;
  readonly code: PolicyProblemCode;
  readonly message: string;
}

export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Enough for any person to work through; a million would only be a way to make us write them. */
const REPORTED_PROBLEMS = 1_000;

/** Collects problems in the order of the input, up to {@link REPORTED_PROBLEMS}; then one more says that it stopped. */
export class ProblemList {
  readonly #found: PolicyProblem[] = [];

  add(path: string, code: PolicyProblemCode, message: string): void {
    if (this.#found.length < REPORTED_PROBLEMS) this.#found.push({ path, code, message });
    else if (this.#found.length === REPORTED_PROBLEMS) {
      this.#found.push({ path: '', code: 'too_many_problems', message: 'There are more problems than are listed.' });
    }
  }

  get full(): boolean {
    return this.#found.length > REPORTED_PROBLEMS;
  }

  get found(): readonly PolicyProblem[] {
    return this.#found;
  }
}
