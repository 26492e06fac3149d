import { expect, test } from 'vitest';
import { readRequired } from './provide.ts';

test('what must not be missing is read from a list, and a typing mistake in it is told', () => {
  expect(readRequired(undefined)).toEqual({ required: [], unknown: [] });
  expect(readRequired('redis, chromium')).toEqual({ required: ['redis', 'chromium'], unknown: [] });
  expect(readRequired('reddis,chromium')).toEqual({ required: ['chromium'], unknown: ['reddis'] });
});
