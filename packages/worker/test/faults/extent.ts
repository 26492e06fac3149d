/** `pnpm test:faults` goes through all of them, `npm test` through a short form that takes well under a minute. */
export const everyFault = process.env['LATCHKEY_FAULTS'] === 'all';

/** Those of the short form are marked. */
export const chosen = <Case extends { readonly short?: boolean }>(cases: readonly Case[]): readonly Case[] =>
  cases.filter(({ short }) => everyFault || short === true);
