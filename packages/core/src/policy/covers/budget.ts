/** A product state stands for so many comparisons: with thousands of globs in play one state is a lot of work. */
const STEPS_OF_STATE = 64;

/** COVERS: enough for what people write, and between 0.05 and 0.6 s where somebody attacks. */
export const DEFAULT_BUDGET = 50_000;

/** Counts work, not time, so that the answer is the same on every machine. */
export class Budget {
  #steps: number;

  /** `states`: how many product states may be visited. */
  constructor(states: number) {
    this.#steps = states * STEPS_OF_STATE;
  }

  /** Whether there was still that much left. */
  spend(steps: number): boolean {
    this.#steps -= steps;
    return this.#steps >= 0;
  }

  get exhausted(): boolean {
    return this.#steps < 0;
  }
}
