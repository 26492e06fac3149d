import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressIsWithin,
  cidrContains,
  parseAddress,
  parseAddressRange,
  parseAddressRanges,
  rangesAreWithin,
} from '../../src/lifecycle/index.ts';

const byte = fc.integer({ min: 0, max: 255 });
const version4 = fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.'));
// Few distinct groups, so that ranges and addresses meet; with and without `::`.
const group = fc.constantFrom('0', '1', 'ffff', '2001', 'db8', '0db8', 'DB8');
const version6 = fc.oneof(
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 4 }), fc.array(group, { maxLength: 3 }))
    .map(([head, tail]) => `${head.join(':')}::${tail.join(':')}`),
  version4.map((four) => `::ffff:${four}`),
  version4.map((four) => `2001:db8::${four}`),
);

describe('an address', () => {
  it('is read where Node reads one, and nowhere else', () => {
    const piece = fc.constantFrom(
      ':',
      '::',
      '.',
      '0',
      '1',
      '01',
      '255',
      '256',
      'ffff',
      'g',
      '10000',
      '%eth0',
      ' ',
      '/8',
    );
    const anything = fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(version4, version6, anything), (text) => {
        // A zone names an interface of the machine that wrote it, not an address: Node takes it, we don't.
        expect(parseAddress(text) !== null).toBe(isIP(text) !== 0 && !text.includes('%'));
      }),
      { seed: 1, numRuns: 20_000 },
    );
  });

  it('that maps version 4 is that version 4 address', () => {
    expect(parseAddress('::ffff:10.1.2.3')).toEqual(parseAddress('10.1.2.3'));
    expect(parseAddress('::FFFF:a01:203')).toEqual(parseAddress('10.1.2.3'));
    expect(parseAddress('::10.1.2.3')).toMatchObject({ version: 6 });
  });

  it.each([
    undefined,
    null,
    7,
    ['10.0.0.1'],
    '',
    '10.0.0.1\n',
    ' 10.0.0.1',
    '010.0.0.1',
    '256.0.0.1',
    '1.2.3.256',
    '1:2:3:4::5:6:7:8',
    '0x7f.1',
    '1'.repeat(10_000),
  ])('is not %j', (input) => {
    expect(parseAddress(input)).toBeNull();
  });
});

describe('a range', () => {
  it('holds what Node takes it to hold', () => {
    const version4Case = fc.tuple(fc.constant('ipv4' as const), version4, fc.integer({ min: 0, max: 32 }), version4);
    const version6Case = fc.tuple(fc.constant('ipv6' as const), version6, fc.integer({ min: 0, max: 128 }), version6);
    let held = 0;
    fc.assert(
      fc.property(fc.oneof(version4Case, version6Case), ([family, base, prefixLength, address]) => {
        // Mapped addresses are ours to define and have tests of their own.
        fc.pre(![base, address].some((text) => text.includes(':') && parseAddress(text)?.version === 4));
        const start = firstOf(base, prefixLength);
        const oracle = new BlockList();
        oracle.addSubnet(start, prefixLength, family);
        const expected = oracle.check(address, family);
        held += Number(expected);
        expect(cidrContains(`${start}/${prefixLength}`, address)).toBe(expected);
      }),
      { seed: 2, numRuns: 5_000 },
    );
    expect(held).toBeGreaterThan(100);
  });

  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['::ffff:0:0/96', '203.0.113.7', true],
    ['::/0', '203.0.113.7', false],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['2001:db8::1/128', '2001:DB8:0:0::1', true],
    ['0.0.0.0/0', '255.255.255.255', true],
  ])('%s holds %s: %s', (range, address, expected) => {
    expect(cidrContains(range, address)).toBe(expected);
  });

  it.each([
    ['10.0.0.1/8', 'host_bits'],
    ['::ffff:10.0.0.0/8', 'host_bits'],
    ['2001:db8::1/64', 'host_bits'],
    ['10.0.0.0/33', 'prefix_length'],
    ['10.0.0.0/', 'prefix_length'],
    ['10.0.0.0/08', 'prefix_length'],
    ['10.0.0.0/-1', 'prefix_length'],
    ['10.0.0.0/8.0', 'prefix_length'],
    ['2001:db8::/129', 'prefix_length'],
    ['10.0.0.0/8/8', 'not_a_range'],
    ['10.0.0/8', 'not_a_range'],
    ['10.0.0.0-10.0.0.9', 'not_a_range'],
    ['*', 'not_a_range'],
    ['', 'not_a_range'],
    ['fe80::1%eth0', 'not_a_range'],
    [' 10.0.0.0/8', 'not_a_range'],
    [7, 'not_a_range'],
  ])('%j is refused: %s', (input, code) => {
    expect(parseAddressRange(input)).toMatchObject({ ok: false, problem: { code } });
    if (typeof input === 'string') expect(cidrContains(input, '10.0.0.1')).toBe(false);
  });
});

describe('a list of ranges', () => {
  it('reads well or tells every problem with its place', () => {
    expect(parseAddressRanges(['10.0.0.0/8', '::1'])).toMatchObject({
      ok: true,
      value: [{ version: 4 }, { version: 6 }],
    });
    expect(parseAddressRanges([])).toEqual({ ok: true, value: [] });
    expect(parseAddressRanges(['x', '10.0.0.0/8', null])).toMatchObject({
      ok: false,
      problems: [
        { path: '0', code: 'not_a_range' },
        { path: '2', code: 'not_a_range' },
      ],
    });
    expect(parseAddressRanges('10.0.0.0/8')).toMatchObject({ ok: false, problems: [{ code: 'no_list' }] });
    const many = Array.from({ length: 101 }, () => '10.0.0.0/8');
    expect(parseAddressRanges(many)).toMatchObject({ ok: false, problems: [{ code: 'too_many' }] });
  });

  it('holds an address if one of them does', () => {
    expect(addressIsWithin(['10.0.0.0/8', '2001:db8::/32'], '2001:db8::9')).toBe(true);
    expect(addressIsWithin(['10.0.0.0/8', 'broken'], '11.0.0.1')).toBe(false);
    expect(addressIsWithin(['0.0.0.0/0'], undefined)).toBe(false);
  });

  it('is within another exactly when each of its addresses is: brute force over a /28', () => {
    // Ranges of the last four bits of 192.0.2.0/28: every set of them can be checked address by address.
    const range = fc
      .integer({ min: 28, max: 32 })
      .chain((prefixLength) =>
        fc.nat(2 ** (prefixLength - 28) - 1).map((at) => `192.0.2.${at << (32 - prefixLength)}/${prefixLength}`),
      );
    const list = fc.array(range, { minLength: 1, maxLength: 6 });
    const outcomes = new Set<boolean>();
    fc.assert(
      fc.property(list, list, (inner, outer) => {
        const addresses = Array.from({ length: 16 }, (_, last) => `192.0.2.${last}`);
        const expected = addresses.every((each) => !addressIsWithin(inner, each) || addressIsWithin(outer, each));
        outcomes.add(expected);
        expect(rangesAreWithin(rangesOf(inner), rangesOf(outer))).toBe(expected);
      }),
      { seed: 3, numRuns: 3_000 },
    );
    expect(outcomes.size).toBe(2);
  });

  it('an empty one lets everybody in, and is within nothing less', () => {
    const within = (inner: string[], outer: string[]) => rangesAreWithin(rangesOf(inner), rangesOf(outer));
    expect(within([], [])).toBe(true);
    expect(within(['10.0.0.0/8'], [])).toBe(true);
    expect(within([], ['10.0.0.0/8'])).toBe(false);
    expect(within([], ['0.0.0.0/0'])).toBe(false);
    expect(within([], ['0.0.0.0/1', '128.0.0.0/1', '::/0'])).toBe(true);
    expect(within(['10.0.0.0/8'], ['::/0'])).toBe(false);
  });
});

const rangesOf = (texts: readonly string[]) => {
  const result = parseAddressRanges(texts);
  if (!result.ok) throw new Error('the test wrote a bad range');
  return result.value;
};

/** The first address of the range around `base`, by the other way: as text of bits. */
const firstOf = (base: string, prefixLength: number): string => {
  const address = parseAddress(base);
  if (address === null) throw new Error('the test wrote a bad address');
  const width = address.version === 4 ? 32 : 128;
  const bits = address.bits.toString(2).padStart(width, '0').slice(0, prefixLength).padEnd(width, '0');
  const size = address.version === 4 ? 8 : 16;
  const groups = Array.from({ length: width / size }, (_, at) =>
    Number.parseInt(bits.slice(at * size, (at + 1) * size), 2),
  );
  return address.version === 4 ? groups.join('.') : groups.map((each) => each.toString(16)).join(':');
};
