/**
 * Work that can be interrupted: between two steps whoever drives it may let others have their turn, or stop. A step is one
 * comparison of two permission sets at most, so that none takes longer than the budget of one.
 */
export type Steps<T> = Generator<undefined, T, void>;

/** All steps in a row. */
export const finish = <T>(steps: Steps<T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};
