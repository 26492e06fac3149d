import type { Environment } from './config.ts';

/** A stream of the process, as far as a command sees it. */
export interface Sink {
  write(text: string, done: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The process, as far as a command sees it. */
export interface World {
  readonly environment: Environment;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly version: string;
  /** Ends at once, whatever is under way: for whoever interrupts a second time. */
  readonly exit: (code: number) => never;
}
