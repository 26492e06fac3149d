/** What the commands of `latchkey-server` end with. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** A command can't do what it was asked: the message says why, and what to do. Ends with 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** The command was asked wrongly, or its environment is. Ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
