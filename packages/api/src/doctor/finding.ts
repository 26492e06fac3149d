/** What one check found. `fail`: a promise is not kept or about to break; `warn`: somebody should look. */
export interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'fail';
  /** A sentence: what is so and, unless it is well, what to do. Never a value that may be a secret. */
  readonly says: string;
}

export const ok = (check: string, says: string): Finding => ({ check, level: 'ok', says });
export const warn = (check: string, says: string): Finding => ({ check, level: 'warn', says });
export const fail = (check: string, says: string): Finding => ({ check, level: 'fail', says });

/** Milliseconds for people: 900 ms, 12 s, 5 min, 3 h, 2 days. */
export const spell = (ms: number): string => {
  const units = [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const [unit, name] = units.find(([size]) => ms >= 2 * size) ?? [1, 'ms'];
  return `${Math.round(ms / unit)} ${name}`;
};
