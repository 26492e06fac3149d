import { describe, expect, test } from 'vitest';
import { addCounts, countRunner, formatCounts, isSuccess } from './summary.ts';

const report = (...files: readonly (readonly [string, readonly string[]])[]) =>
  JSON.stringify({
    testResults: files.map(([status, tests]) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });
const count = (exit: number | NodeJS.Signals, text: string | undefined) =>
  countRunner({ name: 'packages/core', exit, report: text });

describe('the sum of all runners', () => {
  test('counts every test once, todo and pending ones as skipped', () => {
    expect(count(0, report(['passed', ['passed', 'skipped']], ['passed', ['passed', 'todo', 'pending']]))).toEqual({
      passed: 2,
      failed: 0,
      skipped: 3,
    });
  });

  test('counts a runner without a report as a failure', () => {
    expect(count('SIGKILL', undefined)).toMatchObject({ failed: 1, problem: expect.stringContaining('SIGKILL') });
    expect(count(1, '{"testRes')).toMatchObject({ failed: 1 });
    expect(count(0, '{}')).toMatchObject({ failed: 1 });
  });

  test('counts a file that could not be loaded as a failure, beside the tests of others', () => {
    expect(count(1, report(['failed', []], ['passed', ['passed']]))).toMatchObject({ passed: 1, failed: 1 });
    expect(count(1, report(['failed', ['passed', 'failed']]))).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('counts a runner that ended in failure with nothing but passed tests as a failure', () => {
    expect(count(1, report(['passed', ['passed']]))).toMatchObject({ passed: 1, failed: 1 });
  });

  test('is no success where nothing ran, or anything failed', () => {
    expect(isSuccess({ passed: 0, failed: 0, skipped: 9 })).toBe(false);
    expect(isSuccess({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
    expect(isSuccess({ passed: 9, failed: 0, skipped: 1 })).toBe(true);
  });

  test('is written as one line', () => {
    const counts = addCounts([
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ]);
    expect(formatCounts(counts)).toBe('11 passed, 22 failed, 33 skipped');
  });
});
