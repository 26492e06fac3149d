import { type AddressRange, parseAddress, rangeContains, widthOf } from './address.ts';

export type AddressProblemCode = 'not_a_range' | 'prefix_length' | 'host_bits' | 'no_list' | 'too_many';

export interface AddressProblem {
  /** `2` for the third range of a list; empty for the list as a whole, or a range alone. */
  readonly path: string;
  readonly code: AddressProblemCode;
  readonly message: string;
}

export type AddressRangeResult =
  | { readonly ok: true; readonly value: AddressRange }
  | { readonly ok: false; readonly problem: AddressProblem };

export type AddressRangesResult =
  | { readonly ok: true; readonly value: readonly AddressRange[] }
  | { readonly ok: false; readonly problems: readonly AddressProblem[] };

/** As many as one token may have (BOUNDED-WORK). */
const MAX_RANGES = 100;

/**
 * Reads CIDR (RFC 4632 for version 4, RFC 4291 section 2.3 for version 6); an address alone stands for itself. Strict,
 * because people write here: bits after the prefix are a problem, not rounded away. A range within `::ffff:0:0/96` is
 * one of version 4; one that is wider is of version 6, and holds no version 4 address.
 */
export const parseAddressRange = (input: unknown, path = ''): AddressRangeResult => {
  const problem = (code: AddressProblemCode, message: string): AddressRangeResult => ({
    ok: false,
    problem: { path, code, message },
  });
  const [text, length, ...more] = typeof input === 'string' ? input.split('/', 3) : [];
  const address = parseAddress(text);
  if (text === undefined || address === null || more.length > 0) {
    return problem('not_a_range', 'Write an address range such as 192.0.2.0/24 or 2001:db8::/32.');
  }
  const mapped = address.version === 4 && text.includes(':');
  const writtenWidth = mapped ? 128 : widthOf(address.version);
  const written = length === undefined ? writtenWidth : parseLength(length);
  if (written === null || written > writtenWidth) {
    return problem('prefix_length', `After the slash stands a whole number from 0 to ${writtenWidth}.`);
  }
  if (mapped && written < 96) {
    return problem('host_bits', 'An IPv4-mapped range needs a prefix of 96 or more; write the IPv4 range itself.');
  }
  const prefixLength = mapped ? written - 96 : written;
  const hostBits = BigInt(widthOf(address.version) - prefixLength);
  if ((address.bits >> hostBits) << hostBits !== address.bits) {
    return problem('host_bits', `Bits are set after the first ${written}: write the first address of the range.`);
  }
  return { ok: true, value: { ...address, prefixLength } };
};

const parseLength = (text: string): number | null => (/^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : null);

/** Reads a list of at most 100 ranges; an empty one means any address. Every problem has its path. Never throws. */
export const parseAddressRanges = (input: unknown): AddressRangesResult => {
  const fail = (code: AddressProblemCode, message: string): AddressRangesResult => ({
    ok: false,
    problems: [{ path: '', code, message }],
  });
  if (!Array.isArray(input)) return fail('no_list', 'Give a list of address ranges.');
  if (input.length > MAX_RANGES) return fail('too_many', `At most ${MAX_RANGES} address ranges.`);
  const results = input.map((item: unknown, index) => parseAddressRange(item, String(index)));
  const problems = results.flatMap((result) => (result.ok ? [] : [result.problem]));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: results.flatMap((result) => (result.ok ? [result.value] : [])) };
};

/** Whether the range, as text, holds the address. FAIL-CLOSED: what does not parse holds nothing and is in nothing. */
export const cidrContains = (range: string, address: string): boolean => {
  const parsedRange = parseAddressRange(range);
  const parsedAddress = parseAddress(address);
  return parsedRange.ok && parsedAddress !== null && rangeContains(parsedRange.value, parsedAddress);
};

/** Whether one of the ranges holds the address. Nothing does where the address is not known. */
export const addressIsWithin = (ranges: readonly string[], address: string | undefined): boolean =>
  address !== undefined && ranges.some((range) => cidrContains(range, address));

/**
 * Whether every address that `inner` lets in is let in by `outer`, an empty list meaning any: a token that a token
 * issued keeps to its parent's ranges. Exact: two halves of a range cover the whole. At most a step for each bit of each
 * outer range.
 */
export const rangesAreWithin = (inner: readonly AddressRange[], outer: readonly AddressRange[]): boolean =>
  outer.length === 0 || (inner.length === 0 ? EVERYWHERE : inner).every((range) => isCovered(range, outer));

const EVERYWHERE: readonly AddressRange[] = [
  { version: 4, bits: 0n, prefixLength: 0 },
  { version: 6, bits: 0n, prefixLength: 0 },
];

const isCovered = (range: AddressRange, outer: readonly AddressRange[]): boolean => {
  if (outer.some((each) => rangeContains(each, range))) return true;
  const parts = outer.filter((each) => rangeContains(range, each));
  return parts.length > 0 && halvesOf(range).every((half) => isCovered(half, parts));
};

const halvesOf = (range: AddressRange): readonly [AddressRange, AddressRange] => {
  const prefixLength = range.prefixLength + 1;
  const upper = 1n << BigInt(widthOf(range.version) - prefixLength);
  return [
    { ...range, prefixLength },
    { ...range, prefixLength, bits: range.bits | upper },
  ];
};
