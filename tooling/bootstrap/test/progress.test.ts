import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createProgress, formatDuration } from '../progress.mjs';

const record = (isTTY: boolean, environment: NodeJS.ProcessEnv = {}) => {
  const stream = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
  let time = 0;
  const progress = createProgress({ stream, environment, now: () => (time += 1500) });
  return { progress, text: () => String((stream as unknown as PassThrough).read() ?? '') };
};

test('each step says its name and how long it took', async () => {
  const { progress, text } = record(false);
  expect(await progress.step('Build', () => 7)).toBe(7);
  expect(text()).toBe('✓ Build 1.5 s\n');
});

test('a failed step is marked, and its error goes on', async () => {
  const { progress, text } = record(false);
  await expect(progress.step('Build', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(text()).toContain('✗ Build');
});

test('escape sequences go to terminals only, colour not even there where NO_COLOR is set', async () => {
  const seen = async (isTTY: boolean, environment?: NodeJS.ProcessEnv) => {
    const { progress, text } = record(isTTY, environment);
    await progress.step('Build', (say) => say('tsc'));
    return text();
  };
  expect(await seen(false)).not.toContain('\u001b');
  expect(await seen(true)).toContain('\u001b[32m');
  expect(await seen(true, { NO_COLOR: '1' })).not.toContain('\u001b[32m');
});

test.each([
  [140, '0.1 s'],
  [59_900, '59.9 s'],
  [125_000, '2 min 5 s'],
])('%i ms are written %s', (milliseconds, expected) => {
  expect(formatDuration(milliseconds)).toBe(expected);
});
