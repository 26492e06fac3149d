import { type Bits, isAsGood, type Leaning } from './bits.ts';
import type { Budget } from './budget.ts';

export interface Option {
  readonly hits: Bits;
  /** How many characters it takes. */
  readonly cost: number;
}

/** `shortest`: of what is as good, the shorter must stay. `any`: nothing must stay that another one is as good as. */
export type Aim = 'shortest' | 'any';

/** COVERS: without the options that another one makes needless; cheaper ones first. `null` where the budget runs out. */
export const bestOf = <T extends Option>(
  options: readonly T[],
  leaning: Leaning,
  aim: Aim,
  budget: Budget,
): readonly T[] | null => {
  let kept: T[] = [];
  for (const option of [...options].sort((a, b) => a.cost - b.cost)) {
    if (!budget.spend(1 + kept.length * option.hits.length)) return null;
    if (kept.some(({ hits }) => isAsGood(hits, option.hits, leaning))) continue;
    if (aim === 'any') kept = kept.filter(({ hits }) => !isAsGood(option.hits, hits, leaning));
    kept.push(option);
  }
  return kept;
};
