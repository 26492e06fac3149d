import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';

describe('an address of Latchkey', () => {
  it.each([
    ['https://latchkey.example', 'https://latchkey.example'],
    ['https://iam.example/latchkey/', 'https://iam.example/latchkey'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('is taken: %s', (text, url) => expect(parseAddress(text, false)).toBe(url));

  it.each([
    'http://latchkey.example',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
  ])('is refused where a token would cross a network in the clear: %s', (text) => {
    expect(() => parseAddress(text, false)).toThrow('URL_IN_CLEAR');
    expect(parseAddress(text, true)).toBe(text);
  });

  it.each([
    '',
    'latchkey.example',
    'ftp://a.example',
    'https://u:p@a.example',
    'https://a.example/?x=1',
    'https://a.example/#x',
  ])('is refused: %s', (text) => expect(() => parseAddress(text, true)).toThrow('URL_INVALID'));
});
