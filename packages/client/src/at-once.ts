/**
 * Goes on with a value, at once where it is there: to wait for what is known already costs more than a decision, and three
 * such waits more than a verification.
 */
export const goOn = <T, Next>(value: T | Promise<T>, next: (value: T) => Next | Promise<Next>): Next | Promise<Next> =>
  value instanceof Promise ? value.then(next) : next(value);
