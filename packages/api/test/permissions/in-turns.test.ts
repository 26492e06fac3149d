import type { Steps } from '@latchkey/core/policy';
import { expect, it } from 'vitest';
import { inTurns } from '../../src/permissions/in-turns.ts';

it('BOUNDED-WORK: between two steps everybody else who waits has a turn', async () => {
  const order: string[] = [];
  function* work(name: string): Steps<string> {
    for (let step = 1; step <= 3; step += 1) {
      order.push(`${name}${step}`);
      yield;
    }
    return name;
  }
  expect(await Promise.all([inTurns(work('a')), inTurns(work('b'))])).toEqual(['a', 'b']);
  expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
});

it('BOUNDED-WORK: a step that throws ends it, and whoever asked is told', async () => {
  function* failing(): Steps<never> {
    yield;
    throw new TypeError('a step');
  }
  await expect(inTurns(failing())).rejects.toThrow('a step');
});
