export interface PollLoopOptions {
  /** One poll. What it throws is told to `onFailure`, and another is tried soon. */
  readonly poll: () => Promise<void>;
  /** From the end of a good poll to the next one at the latest, in milliseconds. */
  readonly everyMs: number;
  /** After the first failure; twice as long after each further one, up to `everyMs`. */
  readonly retryMs: number;
  /** Runs something later; gives what calls that off. */
  readonly schedule: (run: () => void, afterMs: number) => () => void;
  readonly onFailure: (error: unknown) => void;
}

export interface PollLoop {
  /** There may be something new: polls now, or once more if a poll is under way. */
  wake(): void;
  /** The same, and resolves once a poll that begins from now on was good. */
  polled(): Promise<void>;
  /** No further poll begins; resolves once the one under way has ended. */
  close(): Promise<void>;
}

/** Polls one at a time: at once, whenever woken, and regularly. A wake-up that gets lost costs time and nothing else. */
export const runPollLoop = (options: PollLoopOptions): PollLoop => {
  let closed = false;
  let underWay: Promise<void> | null = null;
  let callOff: () => void = () => undefined;
  let delayMs = options.retryMs;
  /** Those who wait for a poll that begins after they came. */
  let waiting: (() => void)[] = [];
  let again = false;

  const poll = async (): Promise<void> => {
    const answered = waiting;
    waiting = [];
    again = false;
    let nextMs = options.everyMs;
    try {
      // Asynchronous even where it throws at once: `underWay` has to be set before it is taken back.
      await (async () => options.poll())();
      delayMs = options.retryMs;
      for (const tell of answered) tell();
    } catch (error) {
      waiting = [...answered, ...waiting];
      nextMs = Math.min(delayMs, options.everyMs);
      delayMs *= 2;
      options.onFailure(error);
    }
    underWay = null;
    if (closed) return;
    // Woken meanwhile. After a failure too: who wakes knows of something, a connection that has come back among it.
    if (again) begin();
    else callOff = options.schedule(begin, nextMs);
  };
  const begin = () => {
    callOff();
    if (closed || underWay !== null) return;
    underWay = poll();
  };

  const wake = () => {
    if (underWay === null) begin();
    else again = true;
  };

  begin();
  return {
    wake,
    polled: () =>
      new Promise((resolve) => {
        if (closed) return resolve();
        waiting.push(resolve);
        wake();
      }),
    close: async () => {
      closed = true;
      callOff();
      await underWay;
      // Nobody is left waiting for what can't come any more.
      for (const tell of waiting) tell();
      waiting = [];
    },
  };
};
