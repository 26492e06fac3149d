import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface AttackResult {
  readonly attack: string;
  readonly covered: boolean | 'undecided';
  readonly ms: number;
  readonly peakMb: number;
}

/** Several times, each in a new process; the worst of each figure, and one answer or it throws. */
export const runAttack = (attack: string, times: number): AttackResult => {
  const results = Array.from({ length: times }, () => {
    const args = [...process.execArgv, '--expose-gc', join(import.meta.dirname, 'attack-main.ts'), attack];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Omit<AttackResult, 'attack'>;
  });
  const covered = (results[0] as Omit<AttackResult, 'attack'>).covered;
  if (results.some((result) => result.covered !== covered)) throw new Error(`${attack}: not the same each time.`);
  const worst = (figure: 'ms' | 'peakMb') => Math.max(...results.map((result) => result[figure]));
  return { attack, covered, ms: worst('ms'), peakMb: worst('peakMb') };
};
