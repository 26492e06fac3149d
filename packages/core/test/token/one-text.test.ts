import { describe, expect, it } from 'vitest';
import {
  checkTag,
  DIGEST_FORMAT,
  type DigestSubject,
  digestToken,
  mintToken,
  parseToken,
  proveSecret,
  type TokenKind,
} from '../../src/token/index.ts';
import { nodeCrypto, peppers, seededCrypto, tagKeys } from '../node-crypto.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// Beside the alphabet: what editors, shells, mail and databases put in, take for nothing or take for something else.
const OTHERS = ['_', '-', '.', '=', '+', '/', ' ', '\t', '\n', '\r', '\0', '\u00a0', '\u00ad', '\u200b', '\ufeff'];
const LOOKALIKES = ['\uff3f', '\uff10', '\u0430', '\u0131', '\u017f', '\u212a', '\ud83d\ude00', '\ud800'];
const CHARACTERS = [...ALPHABET, ...OTHERS, ...LOOKALIKES];

const mint = (kind: TokenKind) => {
  const routingKey = kind === 'system' ? '000' : '3fK';
  const minted = mintToken(seededCrypto(`one text ${kind}`), { prefix: 'lk', kind, routingKey, tagKeys });
  const subject: DigestSubject = {
    tokenId: minted.tokenId,
    kind,
    organizationId: kind === 'system' ? null : 'org-1',
    ownerId: kind === 'personal' ? 'member-1' : null,
    frozenPermissionsDigest: kind === 'service' ? nodeCrypto.sha256('[]') : null,
  };
  const digest = digestToken(nodeCrypto, peppers[0].bytes, {
    ...subject,
    format: DIGEST_FORMAT,
    secretNumber: 1,
    text: minted.text,
  });
  const slots = [{ number: 1, digest, pepperId: peppers[0].id, spent: false }];
  return { text: minted.text, candidate: { ...subject, slots } };
};

type Minted = ReturnType<typeof mint>;

/** How far a text comes; `proved` is the only way in. The look-up always finds the token: the worst case. */
const fateOf = (text: string, { candidate }: Minted): 'malformed' | 'bad tag' | 'not proved' | 'proved' => {
  const parsed = parseToken(text, { prefixes: ['lk', 'kl'] });
  if (!parsed.ok) return 'malformed';
  if (!checkTag(nodeCrypto, tagKeys, parsed).ok) return 'bad tag';
  return proveSecret(nodeCrypto, peppers, parsed, candidate).outcome === 'live' ? 'proved' : 'not proved';
};

function* singleEdits(text: string): Generator<string> {
  for (let at = 0; at <= text.length; at += 1) {
    const [before, after] = [text.slice(0, at), text.slice(at)];
    for (const character of CHARACTERS) {
      yield before + character + after;
      if (after !== '') yield before + character + after.slice(1);
    }
    if (after === '') continue;
    yield before + after.slice(1);
    yield before;
    yield after;
    yield before + after.slice(0, 1).toUpperCase() + after.slice(1);
    yield before + after.slice(0, 1).toLowerCase() + after.slice(1);
    yield before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
    yield `${before}%${text.charCodeAt(at).toString(16)}${after.slice(1)}`;
  }
  yield text.toUpperCase();
  yield text.toLowerCase();
  yield text + text;
  yield `Bearer ${text}`;
  yield `"${text}"`;
  yield [...text].reverse().join('');
}

describe('exactly one text authenticates a token (ONE-TEXT)', () => {
  it.each<TokenKind>(['personal', 'service', 'system'])('no single edit of a %s token is proved', (kind) => {
    const minted = mint(kind);
    expect(fateOf(minted.text, minted)).toBe('proved');
    const fates = new Map<string, number>();
    for (const edited of singleEdits(minted.text)) {
      if (edited === minted.text) continue;
      const fate = fateOf(edited, minted);
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
      if (fate !== 'malformed') expect(edited).toBe('malformed');
    }
    // CRC-32 sees every change of up to 32 bits in a row, so an edit of one character never gets as far as the tag.
    expect([...fates.keys()]).toEqual(['malformed']);
    expect(fates.get('malformed')).toBeGreaterThan(12_000);
  });

  it('an edit with its checksum made good again fails at the tag', () => {
    const minted = mint('personal');
    const unchecked = minted.text.slice(0, -6);
    for (let at = 'lk_pat_'.length; at < unchecked.length; at += 1) {
      const other = unchecked[at] === 'A' ? 'B' : 'A';
      if (unchecked[at] === '_') continue;
      const forged = withChecksum(unchecked.slice(0, at) + other + unchecked.slice(at + 1));
      expect(fateOf(forged, minted)).toBe('bad tag');
    }
  });

  it('an edit by someone who holds the tag key and the checksum is still not proved', () => {
    const minted = mint('personal');
    const { tokenId } = minted.candidate;
    const another = mintToken(nodeCrypto, { prefix: 'lk', kind: 'personal', routingKey: '3fK', tokenId, tagKeys });
    expect(fateOf(another.text, minted)).toBe('not proved');
    const otherPrefix = mintToken(seededCrypto('one text personal'), {
      prefix: 'kl',
      kind: 'personal',
      routingKey: '3fK',
      tagKeys,
    });
    // The same id and the same secret under another accepted prefix.
    expect(otherPrefix.text.slice(2, 61)).toBe(minted.text.slice(2, 61));
    expect(fateOf(otherPrefix.text, minted)).toBe('not proved');
  });
});

/** An own CRC-32, bit by bit, and an own base 62: the outsider's way to a good checksum. */
const withChecksum = (unchecked: string): string => {
  let remainder = 0xffffffffn;
  for (const byte of Buffer.from(unchecked)) {
    remainder ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1n ? (remainder >> 1n) ^ 0xedb88320n : remainder >> 1n;
  }
  let value = remainder ^ 0xffffffffn;
  let text = '';
  for (let digit = 0; digit < 6; digit += 1) {
    text = ALPHABET.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  return unchecked + text;
};
