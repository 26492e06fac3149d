import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containsToken, mintToken, redactTokens, type TokenKind } from '../../src/token/index.ts';
import { nodeCrypto, seededCrypto, tagKeys } from '../node-crypto.ts';

const mint = (kind: TokenKind, prefix = 'lk', seed = kind as string) =>
  mintToken(seededCrypto(seed), { prefix, kind, routingKey: kind === 'system' ? '000' : 'aB3', tagKeys });
const { text, tokenId } = mint('personal');
const secret = text.slice(-49);
const kept = text.slice(0, -49);
const redacted = `${kept}[redacted]`;

/** No run of 5 characters of the secret is left: about 30 bits, less than chance would show. */
const leaksOf = (output: string, ofSecret = secret): string[] => {
  const leaks: string[] = [];
  for (let at = 0; at + 5 <= ofSecret.length; at += 1) {
    const piece = ofSecret.slice(at, at + 5);
    if (output.toLowerCase().includes(piece.toLowerCase())) leaks.push(piece);
  }
  return leaks;
};

describe('redaction (SECRET-ONCE)', () => {
  it.each([
    ['alone', text],
    ['in JSON', JSON.stringify({ a: text, b: [text] })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: text }))],
    ['in a header', `authorization: Bearer ${text}\r\nhost: a`],
    ['in a URL', `https://a.example/?token=${text}&x=1#${text}`],
    ['percent-encoded', `q=${text.replaceAll('_', '%5F')}`],
    ['percent-encoded twice', `q=${text.replaceAll('_', '%255f')}`],
    ['percent-encoded throughout', kept + [...secret].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('')],
    ['escaped', text.replaceAll('_', '\\u005f')],
    ['in single quotes', `curl -H 'Authorization: Bearer ${text}'`],
    ['between others', `${text},${mint('service').text};${text}`],
    ['after a word, without a border', `token=Bearer${text}`],
    ['before one', `${text}abc`],
    ['in capitals', text.toUpperCase()],
    ['cut short', `${text.slice(0, 60)}...`],
    ['cut very short', `saw ${text.slice(0, 30)} there`],
    ['with its underscore and one character', text.slice(0, 25)],
    ['split by quotes', `"${text.slice(0, 50)}" + "${text.slice(50)}"`],
    ['split by quotes in JSON', JSON.stringify(`'${text.slice(0, 40)}' . '${text.slice(40)}'`)],
    ['split by adjacent quotes', `'${text.slice(0, 40)}''${text.slice(40)}'`],
    ['split over lines', `${text.slice(0, 45)}\n    ${text.slice(45)}`],
    ['split as quoted-printable', `${text.slice(0, 45)}=\r\n${text.slice(45)}`],
    ['split as shell', `${text.slice(0, 45)}\\\n${text.slice(45)}`],
    ['with another prefix', mint('personal', 'acme2').text.replace(/^acme2/, 'other9')],
  ])('leaves no secret: %s', (_, given) => {
    const output = redactTokens(given);
    expect(output).toContain('[redacted]');
    for (const each of [text, mint('service').text, mint('personal', 'acme2').text]) {
      expect(leaksOf(output, each.slice(-49))).toEqual([]);
    }
    expect(containsToken(given)).toBe(true);
    expect(containsToken(output)).toBe(false);
    expect(redactTokens(output)).toBe(output);
  });

  it('keeps kind and id, and whatever stands around', () => {
    expect(redactTokens(`a ${text} b`)).toBe(`a ${redacted} b`);
    expect(redactTokens(JSON.stringify({ token: text, n: 1 }))).toBe(JSON.stringify({ token: redacted, n: 1 }));
    expect(redacted).toContain(`lk_pat_${tokenId}_`);
  });

  it('leaves no secret of any token in any surroundings', () => {
    const around = fc.string({ unit: fc.constantFrom(...'aZ09_"\'`\\ \n\r,:;=&%?/{}[]lkpatsvc\u00e9\ud83d') });
    fc.assert(
      fc.property(
        around,
        fc.constantFrom<TokenKind>('personal', 'service', 'system'),
        around,
        (before, kind, after) => {
          const minted = mint(kind, 'lk', `${before}${after}`);
          expect(leaksOf(redactTokens(before + minted.text + after), minted.text.slice(-49))).toEqual([]);
        },
      ),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('leaves other text as it is', () => {
    for (const plain of [
      '',
      'lk_pat_',
      tokenId,
      `lk_pat_${tokenId}`,
      `lk_pat_${tokenId}_`,
      `lk_pat_${tokenId} was rotated`,
      'the compat_svc_list of a_sys_call',
      'github_pat_short',
      nodeCrypto.sha256('x').toString(),
    ]) {
      expect(redactTokens(plain)).toBe(plain);
      expect(containsToken(plain)).toBe(false);
    }
  });

  it.each([
    ['starts of tokens', 'ab_pat_0000000000000000_'],
    ['letters', 'a'],
    ['encoded percent signs', '%25'],
    ['backslashes', 'ab\\'],
    ['secrets broken by wide joints', `ab_pat_0000000000000000_${`a" ${' '.repeat(19)}"`.repeat(30)}!`],
    ['secrets broken by lines', `ab_pat_0000000000000000_${`a\n${' '.repeat(20)}`.repeat(30)}!`],
  ])('takes time in proportion to the text: %s (BOUNDED-WORK)', (_, piece) => {
    const hostile = piece.repeat(Math.ceil(400_000 / piece.length));
    const start = performance.now();
    redactTokens(hostile);
    containsToken(hostile);
    // Either takes milliseconds; anything that grows with the square of the length would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('a token in a text field', () => {
  it('is seen through full-width letters and invisible characters', () => {
    expect(containsToken(`my token: ${text.replaceAll('_', '\uff3f')}`)).toBe(true);
    expect(containsToken([...text].join('\u200b'))).toBe(true);
    expect(containsToken(text.replace('pat', 'p\u00adat'))).toBe(true);
  });
});
