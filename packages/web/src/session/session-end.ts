/** Says that an answer was a 401: whoever was signed in is so no longer. */
export interface SessionEnd {
  readonly watch: (send: typeof fetch) => typeof fetch;
  /** @returns how to stop listening. */
  readonly listen: (heard: () => void) => () => void;
}

/** Watches every call in one place, so that no page has to look for it. */
export const createSessionEnd = (): SessionEnd => {
  const listeners = new Set<() => void>();
  return {
    watch: (send) => async (input, init) => {
      const response = await send(input, init);
      if (response.status === 401) for (const heard of listeners) heard();
      return response;
    },
    listen: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
  };
};
