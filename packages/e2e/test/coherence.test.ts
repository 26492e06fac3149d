import { describe, expect, it } from 'vitest';
import { findViolations, type Life, type Outcome } from '../coherence/history.ts';
import { modeNamed } from '../coherence/modes.ts';
import { MUTANTS } from '../coherence/mutants.ts';
import { runHistory, runMutant } from '../coherence/run.ts';

const verification = (start: number, end: number, outcome: Outcome = 'allowed') => ({
  subject: 0,
  verifier: 'a',
  start,
  end,
  outcome,
});
const isViolation = (life: Life, each: ReturnType<typeof verification>) =>
  findViolations(new Map([[0, life]]), [each]).length === 1;

describe('a history is searched for what was accepted after its stop', () => {
  const stopped: Life = { starts: [{ start: 0, end: 1 }], stops: [{ start: 10, end: 20 }] };

  it('finds a verification that began after the stopping call had returned', () => {
    expect(isViolation(stopped, verification(21, 22))).toBe(true);
    expect(isViolation(stopped, verification(21, 22, 'verified'))).toBe(true);
  });

  it('leaves alone what began before it returned, and what was refused', () => {
    expect(isViolation(stopped, verification(19, 30))).toBe(false);
    expect(isViolation(stopped, verification(21, 22, 'refused'))).toBe(false);
    expect(isViolation(stopped, verification(21, 22, 'unavailable'))).toBe(false);
  });

  it('takes into account what may have made the token good again, and nothing else', () => {
    const revived = (start: number, end: number): Life => ({ ...stopped, starts: [{ start, end }] });
    expect(isViolation(revived(25, 28), verification(30, 31))).toBe(false);
    expect(isViolation(revived(5, 12), verification(30, 31))).toBe(false);
    expect(isViolation(revived(25, Number.POSITIVE_INFINITY), verification(30, 31))).toBe(false);
    expect(isViolation(revived(32, 40), verification(30, 31))).toBe(true);
    expect(isViolation(revived(5, 9), verification(30, 31))).toBe(true);
  });

  it('knows that a token whose owner may do nothing any more is still a token', () => {
    const demoted: Life = { starts: [], stops: [{ start: 10, end: 20, ofPermissions: true }] };
    expect(isViolation(demoted, verification(21, 22, 'verified'))).toBe(false);
    expect(isViolation(demoted, verification(21, 22, 'allowed'))).toBe(true);
  });
});

const mutantNamed = (start: string) => {
  const mutant = MUTANTS.find(({ name }) => name.startsWith(start));
  if (mutant === undefined) throw new Error(`There is no mutant ${start}`);
  return mutant;
};

// Long ones, all modes and all mutants: `pnpm test:coherence --all`. Here none goes on for a fixed time: a loaded machine gets
// as far as any other, only later.
const LONGEST_MS = 240_000;
const TIMEOUT_MS = 2 * LONGEST_MS;

describe('DEAD-ON-RETURN: two nodes, three sibling services, real processes', () => {
  it.each(['nothing wrong', 'a sibling that hops between nodes'])(
    'holds under: %s',
    async (name) => {
      const extent = { atLeastMs: 3_000, verifications: 10_000, stops: 6, atMostMs: LONGEST_MS };
      const report = await runHistory(modeNamed(name), extent);
      expect(report.violations).toEqual([]);
      expect(report.accepted).toBeGreaterThan(0);
      expect(report.stops).toBeGreaterThanOrEqual(6);
      // Answered from memory: otherwise nothing would have been shown.
      expect(Object.values(report.hits).every((hits) => hits > 0)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it.each(['the generation check'])(
    'is seen to break without %s',
    async (name) => {
      const { violations } = await runMutant(mutantNamed(name), LONGEST_MS);
      expect(violations.length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
