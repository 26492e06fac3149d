import { readFileSync } from 'node:fs';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase62, randomBase62 } from '../../src/token/base62.ts';
import { crc32 } from '../../src/token/crc32.ts';
import {
  checkTag,
  mintRoutingKey,
  mintToken,
  newTokenId,
  parseRoutingKey,
  parseToken,
  type TokenKind,
  tokenIdOf,
} from '../../src/token/index.ts';
import { nodeCrypto, seededCrypto, strangeKeys, tagKeys } from '../node-crypto.ts';

const prefixes = fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/);
const kinds = fc.constantFrom<TokenKind>('personal', 'service', 'system');
const routingKeys = fc.stringMatching(/^[1-9A-Za-z][0-9A-Za-z]{2}$/);

describe('a minted token', () => {
  it('parses back to what it was minted from, and its tag says under which key', () => {
    fc.assert(
      fc.property(prefixes, kinds, routingKeys, (prefix, kind, organizationKey) => {
        const routingKey = kind === 'system' ? '000' : organizationKey;
        const minted = mintToken(nodeCrypto, { prefix, kind, routingKey, tagKeys });
        const parsed = parseToken(minted.text, { prefixes: ['other', prefix] });
        expect(parsed).toEqual({ ok: true, prefix, kind, tokenId: minted.tokenId, routingKey, text: minted.text });
        expect(minted.text).toHaveLength(prefix.length + 71);
        expect(minted.tagKeyId).toBe('tag-2');
        expect(minted.text.endsWith(minted.hint)).toBe(true);
        expect(checkTag(nodeCrypto, tagKeys, minted)).toEqual({ ok: true, tagKeyId: 'tag-2' });
        expect(checkTag(nodeCrypto, [...strangeKeys, tagKeys[0]], minted)).toEqual({ ok: true, tagKeyId: 'tag-2' });
        expect(checkTag(nodeCrypto, strangeKeys, minted)).toEqual({ ok: false });
      }),
      { seed: 1 },
    );
  });

  it('is 73 characters of the documented shape with the default prefix', () => {
    const { text } = mintToken(nodeCrypto, { prefix: 'lk', kind: 'service', routingKey: 'aB3', tagKeys });
    expect(text).toMatch(/^lk_svc_aB3[0-9A-Za-z]{13}_[0-9A-Za-z]{49}$/);
    expect(text).toHaveLength(73);
  });

  it('keeps its id and gets another secret when it is rotated', () => {
    const first = mintToken(nodeCrypto, { prefix: 'lk', kind: 'personal', routingKey: 'aB3', tagKeys });
    const second = mintToken(nodeCrypto, {
      prefix: 'lk',
      kind: 'personal',
      routingKey: 'aB3',
      tokenId: first.tokenId,
      tagKeys,
    });
    expect(second.tokenId).toBe(first.tokenId);
    expect(second.text.slice(0, 24)).toBe(first.text.slice(0, 24));
    expect(second.text.slice(24)).not.toBe(first.text.slice(24));
  });

  it('is refused where prefix, id or routing key could never be parsed back', () => {
    const good = { prefix: 'lk', kind: 'personal', routingKey: 'aB3', tagKeys } as const;
    for (const bad of [
      { prefix: 'L1' },
      { prefix: 'x' },
      { prefix: 'a_b' },
      { prefix: 'elevenchars' },
      { routingKey: 'ab' },
      { routingKey: '000' },
      { routingKey: 'a_b' },
      { kind: 'system' },
      { tokenId: 'aB3' },
      { tokenId: 'xxx0000000000000' },
    ] as const) {
      expect(() => mintToken(nodeCrypto, { ...good, ...bad }), JSON.stringify(bad)).toThrow(RangeError);
    }
  });
});

describe('parsing', () => {
  const { text } = mintToken(seededCrypto('parsing'), { prefix: 'lk', kind: 'personal', routingKey: 'aB3', tagKeys });
  const reasonFor = (input: unknown) => {
    const parsed = parseToken(input, { prefixes: ['lk'] });
    return parsed.ok ? 'ok' : parsed.because;
  };

  it('says what is wrong, without a key and without I/O', () => {
    expect(reasonFor(text)).toBe('ok');
    expect(reasonFor(undefined)).toBe('not_text');
    expect(reasonFor([text])).toBe('not_text');
    expect(reasonFor(text.padEnd(129, '0'))).toBe('too_long');
    expect(reasonFor(text.padEnd(128, '0'))).toBe('shape');
    expect(reasonFor('')).toBe('shape');
    expect(reasonFor(`${text}\n`)).toBe('shape');
    expect(reasonFor(text.replace('lk_', 'kl_'))).toBe('prefix');
    expect(reasonFor(text.replace('_pat_', '_svc_'))).toBe('checksum');
    // Anyone can make a checksum good: the expression itself is anchored at both ends.
    for (const around of [` ${text}`, `x ${text}`, `\n${text}`]) expect(reasonFor(rechecked(around))).toBe('shape');
  });

  it("keeps the installation's routing key for the installation", () => {
    const system = mintToken(nodeCrypto, { prefix: 'lk', kind: 'system', routingKey: '000', tagKeys }).text;
    expect(reasonFor(system)).toBe('ok');
    expect(reasonFor(rechecked(system.replace('_sys_', '_pat_')))).toBe('routing_key');
    expect(reasonFor(rechecked(text.replace('_pat_', '_sys_')))).toBe('routing_key');
  });

  it('never throws, whatever it is given', () => {
    const near = fc.tuple(fc.nat(90), fc.string({ unit: 'binary', maxLength: 4 })).map(([at, bit]) => {
      return text.slice(0, at) + bit + text.slice(at);
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary', maxLength: 300 }), near), (input) => {
        const parsed = parseToken(input, { prefixes: ['lk'] });
        expect(parsed.ok).toBe(input === text);
      }),
      { seed: 2, numRuns: 5_000 },
    );
  });

  it('finds the id in a token, a cut or redacted one, or an id, and nowhere else', () => {
    const id = text.slice(7, 23);
    for (const found of [text, id, text.slice(0, 30), text.slice(0, 23), `${text.slice(0, 24)}[redacted]`]) {
      expect(tokenIdOf(found)).toBe(id);
    }
    for (const found of [
      '',
      'lk_pat_short_',
      ` ${id}`,
      `X${text}`,
      `a ${text}`,
      `lk_pat_${id}x`,
      `lk_pat_${id} `,
      'lk_abc_0123456789abcdef_',
    ]) {
      expect(tokenIdOf(found)).toBeNull();
    }
  });
});

describe('ids and routing keys', () => {
  it("a routing key is minted uniformly and is never the installation's", () => {
    let asked = 0;
    // Three zero bytes would make `000`.
    const crypto = { randomBytes: (count: number) => new Uint8Array(count).fill(asked++ === 0 ? 0 : 61) };
    expect(mintRoutingKey(crypto)).toBe('zzz');
    expect(asked).toBe(2);
  });

  it('a token id begins with the routing key and is 16 characters', () => {
    expect(newTokenId(nodeCrypto, 'aB3')).toMatch(/^aB3[0-9A-Za-z]{13}$/);
    expect(() => newTokenId(nodeCrypto, 'a-3')).toThrow(RangeError);
    expect([parseRoutingKey('aB3'), parseRoutingKey('aB3\n'), parseRoutingKey(3), parseRoutingKey('ab')]).toEqual([
      'aB3',
      null,
      null,
      null,
    ]);
  });
});

describe('base62', () => {
  it('draws characters uniformly: chi-square over a fixed stream', () => {
    const counts = new Map<string, number>();
    const crypto = seededCrypto('uniform');
    const drawn = Array.from({ length: 10_000 }, () => randomBase62(crypto, 62)).join('');
    for (const character of drawn) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 61 degrees of freedom: 100.9 is passed by chance once in a thousand; a plain `byte % 62` gives about 3,000.
    expect(chiSquare).toBeLessThan(100.9);
  });

  it('rejects the bytes that would make some characters likelier', () => {
    const crypto = {
      randomBytes: (count: number) => Uint8Array.from({ length: count }, (_, at) => [255, 248, 247][at % 3] ?? 0),
    };
    expect(randomBase62(crypto, 5)).toBe('zzzzz');
  });

  it('sorts as numbers do and refuses what does not fit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(encodeBase62(a, 6) < encodeBase62(b, 6)).toBe(a < b);
      }),
      { seed: 3 },
    );
    expect(encodeBase62(0, 6)).toBe('000000');
    expect(encodeBase62(62 ** 6 - 1, 6)).toBe('zzzzzz');
    for (const bad of [62 ** 6, -1, 0.5, Number.NaN, 2 ** 53]) expect(() => encodeBase62(bad, 6)).toThrow(RangeError);
  });
});

describe('the checksum', () => {
  it('is CRC-32 as zip computes it', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(crc32(text)).toBe(zlibCrc32(text));
      }),
      { seed: 4 },
    );
  });
});

describe('a token of record', () => {
  it('still parses and verifies: the format does not drift', () => {
    const vectors = JSON.parse(readFileSync(new URL('./token-vectors.json', import.meta.url), 'utf8'));
    for (const { text, tagKeyHex, parsed } of vectors.tokens) {
      expect(parseToken(text, { prefixes: ['lk', 'acme7'] })).toEqual({ ok: true, ...parsed, text });
      const key = { id: 'v', bytes: Buffer.from(tagKeyHex, 'hex') };
      expect(checkTag(nodeCrypto, [key], { text })).toEqual({ ok: true, tagKeyId: 'v' });
    }
  });
});

const rechecked = (text: string): string => {
  const unchecked = text.slice(0, -6);
  return unchecked + encodeBase62(zlibCrc32(unchecked), 6);
};
