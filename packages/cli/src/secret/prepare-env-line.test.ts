import { describe, expect, it } from 'vitest';
import { withLine } from './prepare-env-line.ts';

describe('a line of an env file', () => {
  it.each([
    ['an empty file', '', 'T=new\n'],
    ['a file without an end of line', 'A=1', 'A=1\nT=new\n'],
    ['a file of Windows', 'A=1\r\n', 'A=1\r\nT=new\r\n'],
    ['one that is there', 'A=1\nT=old\nB=2\n', 'A=1\nT=new\nB=2\n'],
    ['an exported one', '  export T = "old # value" # why\nB=2', '  export T =new\nB=2'],
    ['every one: none of the old secret is left', 'T=a\nT=b\n', 'T=new\nT=new\n'],
    ['an empty one', 'T=\nB=2\n', 'T=new\nB=2\n'],
    ['a comment and a longer name are others', '# T=old\nTT=1\nXT=2\n', '# T=old\nTT=1\nXT=2\nT=new\n'],
  ])('is set, and every other is kept: %s', (_, before, after) => {
    expect(withLine(before, 'T', 'new')).toBe(after);
  });
});
