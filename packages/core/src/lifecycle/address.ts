/** An address as a number: 32 bits for version 4, 128 for version 6. */
export interface Address {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** All addresses whose first `prefixLength` bits are those of `bits`; the others are zero. */
export interface AddressRange extends Address {
  readonly prefixLength: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/** The numbers of `::ffff:0:0/96`, RFC 4291 section 2.5.5.2. */
const MAPPED_PREFIX = 0xffffn;

/**
 * Unknown input as an IP address, or `null`. Version 4 in dotted decimal without leading zeros (some readers take
 * those for octal), version 6 after RFC 4291 section 2.2, no zone, nothing around it.
 * A version 6 address that maps a version 4 one is that version 4 address: it is the same peer on another socket.
 */
export const parseAddress = (input: unknown): Address | null => {
  if (typeof input !== 'string' || input.length > 45) return null;
  const four = parseVersion4(input);
  if (four !== null) return { version: 4, bits: four };
  const six = parseVersion6(input);
  if (six === null) return null;
  return six >> 32n === MAPPED_PREFIX ? { version: 4, bits: six & 0xffffffffn } : { version: 6, bits: six };
};

const parseVersion4 = (text: string): bigint | null => {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
};

const parseVersion6 = (text: string): bigint | null => {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  // `::` stands for one group or more of zeros.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return [...head, ...Array<bigint>(missing).fill(0n), ...tail].reduce((bits, group) => (bits << 16n) | group, 0n);
};

/** The 16-bit groups of one side of a `::`. The last of an address may be written as version 4, and counts twice. */
const groupsOf = (text: string, last: boolean): readonly bigint[] | null => {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const four = last && index === parts.length - 1 ? parseVersion4(part) : null;
    if (four !== null) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
};

export const widthOf = (version: 4 | 6): number => WIDTH[version];

/** Whether `range` holds all of `inner`, an address or a range. Different versions hold nothing of each other. */
export const rangeContains = (range: AddressRange, inner: Address & { readonly prefixLength?: number }): boolean => {
  if (range.version !== inner.version) return false;
  const width = widthOf(range.version);
  const shift = BigInt(width - range.prefixLength);
  return (inner.prefixLength ?? width) >= range.prefixLength && inner.bits >> shift === range.bits >> shift;
};
