/** A product state stands for so many comparisons: with thousands of globs in play one state is a lot of work. */
export const STATE = 64;

/** Comparing two statements costs about as much as so many steps of an automaton. */
export const COMPARISON = 4;

/** COVERS: enough for what people write, and between 0.05 and 0.6 s where somebody attacks. */
export const DEFAULT_BUDGET = 50_000;

/** Counts work, not time, so that the answer is the same on every machine. */
export class Budget {
  #steps: number;
  readonly #whole: Budget | null;

  /** `states`: how many product states may be visited. */
  constructor(states: number, whole: Budget | null = null) {
    this.#steps = states * STATE;
    this.#whole = whole;
  }

  /** Whether there was still that much left. */
  spend(steps: number): boolean {
    this.#steps -= steps;
    return (this.#whole === null || this.#whole.spend(steps)) && this.#steps >= 0;
  }

  get exhausted(): boolean {
    return this.#steps < 0 || this.#whole?.exhausted === true;
  }

  /** At most so many states of it, for something that may be given up. */
  portion(states: number): Budget {
    return new Budget(states, this);
  }
}
