import type { Tx } from '@latchkey/core';
import { expect } from 'vitest';
import type { Installation } from '../installation.ts';
import { refusal } from '../refusal.ts';

/** What a call came to: its answer, or the code that it was refused with. */
export type Outcome<T> = { readonly answer: T } | { readonly code: string };

export const outcomeOf = async <T>(call: Promise<T>): Promise<Outcome<T>> => {
  try {
    return { answer: await call };
  } catch (error) {
    return { code: (await refusal(Promise.reject(error))).code };
  }
};

/**
 * Two calls that are both under way: a transaction of the test's own holds what both need, the first one waits for it, then
 * the second one does, then it is let go. PostgreSQL gives a lock to those who wait in the order in which they came.
 */
export const inOrder = async <A, B>(
  installation: Installation,
  hold: (tx: Tx) => Promise<unknown>,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<readonly [Outcome<A>, Outcome<B>]> => {
  const held = await installation.hold();
  await hold(held.tx);
  const one = outcomeOf(first());
  await expect.poll(() => installation.waiting(), { timeout: 30_000 }).toBe(1);
  const two = outcomeOf(second());
  await expect.poll(() => installation.waiting(), { timeout: 30_000 }).toBe(2);
  await held.commit();
  return [await one, await two];
};
