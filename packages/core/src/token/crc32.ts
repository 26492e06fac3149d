/** The reflected polynomial of CRC-32 (ISO 3309, IEEE 802.3; the one of zip and PNG), a byte at a time. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** CRC-32 of a text of ASCII characters, as a whole number from 0 to 2^32-1. `crc32('123456789')` is 0xCBF43926. */
export const crc32 = (ascii: string): number => {
  let remainder = 0xffffffff;
  for (let index = 0; index < ascii.length; index += 1) {
    remainder = (TABLE[(remainder ^ ascii.charCodeAt(index)) & 0xff] ?? 0) ^ (remainder >>> 8);
  }
  return (remainder ^ 0xffffffff) >>> 0;
};
