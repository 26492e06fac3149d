/** Resolves at the first SIGTERM or SIGINT. A second one doesn't wait: `onImpatience`. */
export const untilAskedToStop = (onImpatience: () => void): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) onImpatience();
        asked = true;
        resolve(signal);
      });
    }
  });
