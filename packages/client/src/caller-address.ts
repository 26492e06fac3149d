/**
 * The caller's address behind `trustedProxyCount` proxies, each of which appends its peer to X-Forwarded-For; what stands
 * further to the left was written by whoever called, and counts for nothing. `undefined` where fewer have passed the
 * request on than are trusted, and where the peer isn't known: a token with address ranges is refused then (FAIL-CLOSED).
 */
export const callerAddress = (
  forwarded: readonly string[] | undefined,
  peer: string | undefined,
  trustedProxyCount: number,
): string | undefined => {
  const hops = [...(forwarded ?? []).join(',').split(','), peer ?? ''];
  const address = hops[hops.length - 1 - trustedProxyCount]?.trim();
  return address === '' ? undefined : address;
};

/** Throws RangeError for what is no number of proxies: a wrong one would trust what a caller wrote. */
export const checkProxyCount = (trustedProxyCount: number | undefined): void => {
  if (trustedProxyCount === undefined || (Number.isInteger(trustedProxyCount) && trustedProxyCount >= 0)) return;
  throw new RangeError('trustedProxyCount is a whole number from 0.');
};
