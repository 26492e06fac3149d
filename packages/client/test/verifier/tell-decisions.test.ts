import { pollInput } from '@latchkey/contract';
import { createDecisionCounts } from '@latchkey/core/usage';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ToldDecisions, tellDecisions } from '../../src/verifier/tell-decisions.ts';

const MINUTE = 60_000;

let now = 0;
let counts: ReturnType<typeof createDecisionCounts>;
let told: ToldDecisions;
beforeEach(() => {
  now = 1_000;
  counts = createDecisionCounts();
  told = tellDecisions({ counts, clocks: { monotonic: () => now, wall: () => now } });
});

const count = (tokenId: string, resource = 'flag/a') =>
  counts.count({ organizationId: 'acme', tokenId }, { action: 'ToggleFlag', resource }, 'allow', []);
/** What a poll takes with it: the tokens. */
const poll = (outcome: 'heard' | 'failed' = 'heard', isLast = false) => {
  const { decisions = [] } = told.next(isLast);
  told[outcome]();
  return decisions.map(({ tokenId }) => tokenId);
};

describe('counted decisions', () => {
  it('are told after a minute, once', () => {
    count('a');
    expect(poll()).toEqual([]);
    now += MINUTE;
    expect(poll()).toEqual(['a']);
    now += MINUTE;
    expect(poll()).toEqual([]);
  });

  it('are told at once where there is no other poll to come', () => {
    count('a');
    expect(poll('heard', true)).toEqual(['a']);
  });

  it('never keep a poll from being heard: after a failure the next one goes without', () => {
    count('a');
    now += MINUTE;
    expect(poll('failed')).toEqual(['a']);
    expect(poll('failed')).toEqual([]);
    expect(poll('heard')).toEqual([]);
    expect(poll('failed')).toEqual(['a']);
    expect(poll('heard')).toEqual([]);
    // The third time, and then no more.
    expect(poll('failed')).toEqual(['a']);
    expect(poll('heard')).toEqual([]);
    now += MINUTE;
    expect(poll('heard')).toEqual([]);
  });

  it('wait through an outage, and are told after it', () => {
    count('a');
    now += MINUTE;
    expect(poll('failed')).toEqual(['a']);
    for (let i = 0; i < 100; i += 1) expect(poll('failed')).toEqual([]);
    expect(poll('heard')).toEqual([]);
    expect(poll('heard')).toEqual(['a']);
  });

  it('go in as many polls as they need, each of which the contract takes (BOUNDED-WORK)', () => {
    for (let i = 0; i < 1_200; i += 1) {
      count(`aB3${String(i % 60).padStart(13, '0')}`, `flag/${'x'.repeat(240)}${i}`);
    }
    now += MINUTE;
    const sizes: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const next = told.next(false);
      expect(pollInput.safeParse({ registration: null, ...next }).success).toBe(true);
      expect(JSON.stringify(next).length).toBeLessThan(512 * 1_024);
      sizes.push(next.decisions?.length ?? 0);
      told.heard();
    }
    expect(sizes).toEqual([500, 500, 200, 0]);
  });
});
