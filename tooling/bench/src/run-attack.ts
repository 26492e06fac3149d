import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What an attacker would have computed without end. */
export type Asked = 'covers' | 'diff';

export interface AttackResult {
  readonly attack: string;
  readonly asked: Asked;
  /** Whether it is covered, or what the difference is. */
  readonly answer: boolean | string;
  readonly ms: number;
  readonly peakMb: number;
}

type Measured = Omit<AttackResult, 'attack' | 'asked'>;

/** Several times, each in a new process; the worst of each figure, and one answer or it throws. */
export const runAttack = (attack: string, asked: Asked, times: number): AttackResult => {
  const results = Array.from({ length: times }, () => {
    const args = [...process.execArgv, '--expose-gc', join(import.meta.dirname, 'attack-main.ts'), attack, asked];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
  });
  const { answer } = results[0] as Measured;
  if (results.some((result) => result.answer !== answer)) throw new Error(`${attack}: not the same each time.`);
  const worst = (figure: 'ms' | 'peakMb') => Math.max(...results.map((result) => result[figure]));
  return { attack, asked, answer, ms: worst('ms'), peakMb: worst('peakMb') };
};
