/** A running process: its id and what tells it from a later process with the same id. */
export type ProcessIdentity = { readonly pid: number; readonly startedAt: string };

export type StopStep = { readonly signal: NodeJS.Signals; readonly waitMs: number };

export declare const identifyProcess: (pid: number) => ProcessIdentity | undefined;
export declare const isAlive: (identity: ProcessIdentity) => boolean;
/** Sends each signal in turn until the process is gone. Gives the signal that did it, or undefined where it outlived all. */
export declare const stopProcess: (
  identity: ProcessIdentity,
  steps: readonly StopStep[],
) => Promise<NodeJS.Signals | 'already-gone' | undefined>;
