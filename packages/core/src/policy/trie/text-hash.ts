const BASE = 0x01000193;

/**
 * A polynomial hash modulo 2^32: from the hashes of a text's beginnings that of any part of it follows in constant time,
 * so nothing is cut out to be looked up. Collisions cost a comparison and nothing else: what is found is compared.
 */
export const hashOf = (text: string): number => {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = hashOfNext(hash, text.charCodeAt(i));
  return hash;
};

export const hashOfNext = (hash: number, code: number): number => (Math.imul(hash, BASE) + code + 1) | 0;

/** Powers of the base, up to `length`. */
export const powersUpTo = (length: number): Int32Array => {
  const powers = new Int32Array(length + 1);
  powers[0] = 1;
  for (let i = 1; i <= length; i += 1) powers[i] = Math.imul(powers[i - 1] as number, BASE);
  return powers;
};

/** One hash for a beginning, an end, and how long both are; never 0. */
export const hashOfEnds = (beginning: number, end: number, lengths: number): number =>
  (Math.imul(beginning, 0x85ebca6b) ^ Math.imul(end, 0xc2b2ae35) ^ lengths) | 0 || 1;

/** Two lengths as one number. */
export const lengthsOf = (beginning: number, end: number): number => (beginning << 16) | (end & 0xffff);

/** Where in a table of a power of two of places the search for a hash begins. The upper bits of a product are the best. */
export const placeOf = (hash: number, places: number): number =>
  (Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 8) & (places - 1);
