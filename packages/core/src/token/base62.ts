import type { Crypto } from '../crypto.ts';

/** Digits, upper case, lower case: the order of ASCII, so that encoded numbers and ids sort as bytes do. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The greatest multiple of 62 that a byte can count to. */
const FAIR_BYTES = 248;

/**
 * A number in base 62, most significant digit first, filled with `0` to `width`.
 * Throws RangeError for a number that is not a whole one from 0 to 2^53-1, or that needs more digits.
 */
export const encodeBase62 = (value: number, width: number): string => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('base62 takes whole numbers from 0 to 2^53-1');
  let rest = value;
  let text = '';
  while (text.length < width) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  if (rest > 0) throw new RangeError('the number needs more base62 digits than it is given');
  return text;
};

/** `length` characters, each drawn uniformly: bytes from 248 on are thrown away, since 256 is no multiple of 62. */
export const randomBase62 = (crypto: Pick<Crypto, 'randomBytes'>, length: number): string => {
  let text = '';
  while (text.length < length) {
    // A thirty-second part of the bytes is rejected; asking for a few more seldom needs a second round.
    const wanted = length - text.length;
    for (const byte of crypto.randomBytes(wanted + (wanted >> 3) + 2)) {
      if (byte < FAIR_BYTES && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
};
