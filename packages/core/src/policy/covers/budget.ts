/** A product state stands for so many comparisons: with thousands of globs in play one state is a lot of work. */
export const STATE = 64;

/** Comparing two statements costs about as much as so many steps of an automaton. */
export const COMPARISON = 4;

/** Writing a request down and deciding it. */
export const DECISION = 16;

/** Putting a pattern where it is found later takes so many steps, not least of memory. */
export const PLACEMENT = 32;

/** COVERS: enough for what people write, and between 0.05 and 0.6 s where somebody attacks. */
export const DEFAULT_BUDGET = 50_000;

/** Counts work, not time, so that the answer is the same on every machine. */
export class Budget {
  #steps: number;
  readonly #whole: Budget | null;
  readonly #paid: Set<object>;

  /** `states`: how many product states may be visited. */
  constructor(states: number, whole: Budget | null = null) {
    this.#steps = states * STATE;
    this.#whole = whole;
    this.#paid = whole === null ? new Set() : whole.#paid;
  }

  /** Whether there was still that much left. */
  spend(steps: number): boolean {
    this.#steps -= steps;
    return (this.#whole === null || this.#whole.spend(steps)) && this.#steps >= 0;
  }

  /**
   * The same for something that is made once and kept: whoever asks a question pays for it once, even where somebody had
   * it made before, so that the answer doesn't depend on what was asked earlier.
   */
  spendOnce(made: object, steps: number): boolean {
    if (this.#paid.has(made)) return !this.exhausted;
    this.#paid.add(made);
    return this.spend(steps);
  }

  get exhausted(): boolean {
    return this.#steps < 0 || this.#whole?.exhausted === true;
  }

  /** At most so many states of it, for something that may be given up. */
  portion(states: number): Budget {
    return new Budget(states, this);
  }
}
