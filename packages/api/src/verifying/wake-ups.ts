/** `changes`: the node has applied some. `acknowledge`: it can acknowledge more. `closing`: it is about to end. */
export type WakeUp = 'changes' | 'acknowledge' | 'closing';

/** Tells whoever waits, inside this process. */
export interface WakeUps {
  wake(what: WakeUp): void;
  on(what: WakeUp, run: () => void): () => void;
  /** Resolves at the next of these, when the time is up, or when the signal says so. */
  next(what: readonly WakeUp[], waitMs: number, signal?: AbortSignal): Promise<void>;
  isClosing(): boolean;
}

export const createWakeUps = (): WakeUps => {
  const listeners: Record<WakeUp, Set<() => void>> = { changes: new Set(), acknowledge: new Set(), closing: new Set() };
  let closing = false;
  const on = (what: WakeUp, run: () => void) => {
    listeners[what].add(run);
    return () => void listeners[what].delete(run);
  };
  return {
    wake: (what) => {
      if (what === 'closing') closing = true;
      for (const run of [...listeners[what]]) run();
    },
    on,
    next: (what, waitMs, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          for (const stop of stops) stop();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        const stops = what.map((each) => on(each, done));
        signal?.addEventListener('abort', done, { once: true });
        if (signal?.aborted === true || (closing && what.includes('closing'))) done();
      }),
    isClosing: () => closing,
  };
};
