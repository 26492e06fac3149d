import { describe, expect, it } from 'vitest';
import { callerAddress } from '../src/caller-address.ts';
import { createLatchkeyClient } from '../src/index.ts';

describe("the caller's address, so many proxies from the right", () => {
  it.each([
    ['nobody trusted: the peer', ['192.0.2.1'], 0, '127.0.0.1'],
    ['one proxy: what it saw', ['192.0.2.1'], 1, '192.0.2.1'],
    ['one proxy: what the caller wrote to the left counts for nothing', ['10.0.0.1, 192.0.2.1'], 1, '192.0.2.1'],
    ['several headers are one list', ['10.0.0.1', '192.0.2.1,198.51.100.7'], 2, '192.0.2.1'],
    ['fewer than were promised: nobody knows', ['192.0.2.1'], 2, undefined],
    ['none where one was promised', undefined, 1, undefined],
    ['an empty entry', ['192.0.2.1,'], 1, undefined],
  ])('%s', (_, forwarded, count, expected) => {
    expect(callerAddress(forwarded, '127.0.0.1', count)).toBe(expected);
  });

  it('no peer, no address', () => {
    expect(callerAddress(['192.0.2.1'], undefined, 0)).toBeUndefined();
  });

  it.each([-1, 1.5, Number.NaN])('a count of %d is refused when the client is made', (trustedProxyCount) => {
    expect(() => createLatchkeyClient({ url: 'http://x', credential: 'c', trustedProxyCount })).toThrow(RangeError);
  });
});
