import { createHash, createHmac, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { nodeCrypto } from '../src/node-crypto.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it('HMAC-SHA-256 is that of RFC 4231', () => {
  const data = Buffer.from('Hi There');
  expect(hex(nodeCrypto.hmacSha256(new Uint8Array(20).fill(0x0b), data))).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  );
  const long = 'Test Using Larger Than Block-Size Key - Hash Key First';
  expect(hex(nodeCrypto.hmacSha256(new Uint8Array(131).fill(0xaa), Buffer.from(long)))).toBe(
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  );
});

it('HMAC-SHA-256 and SHA-256 are Node’s own for every length of key and text, one after the other', () => {
  for (const keyLength of [1, 31, 32, 33, 63, 64, 65, 200]) {
    const key = randomBytes(keyLength);
    for (let length = 1_100; length >= 0; length -= 1) {
      const data = randomBytes(length);
      expect(nodeCrypto.equal(nodeCrypto.hmacSha256(key, data), createHmac('sha256', key).update(data).digest())).toBe(
        true,
      );
    }
  }
  for (const text of ['', 'a', 'ü€😀'.repeat(300), '\ud800', 'x'.repeat(1_024), 'é'.repeat(512), 'é'.repeat(513)]) {
    const key = randomBytes(32);
    expect(hex(nodeCrypto.hmacSha256(key, text))).toBe(createHmac('sha256', key).update(text).digest('hex'));
    expect(hex(nodeCrypto.sha256(text))).toBe(createHash('sha256').update(text).digest('hex'));
  }
});

it('a digest is the caller’s own: the next one doesn’t change it', () => {
  const key = randomBytes(32);
  const first = nodeCrypto.hmacSha256(key, 'one');
  const before = hex(first);
  nodeCrypto.hmacSha256(key, 'two');
  nodeCrypto.sha256('three');
  expect(hex(first)).toBe(before);
});
