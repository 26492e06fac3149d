import type { WorldResult } from './covers-worlds.ts';
import type { AttackResult } from './run-attack.ts';

export interface Target {
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/** Milliseconds in the median for a token of 100 statements, by how many the issuer has. */
const WORLDS: ReadonlyMap<number, number> = new Map([
  [1_000, 1],
  [10_000, 15],
]);
const ATTACK_MS = 1_000;
const ATTACK_MB = 100;

/** What PERMISSIONS.md asks for, the first comparison of two sets included, in a process that has made some before. */
export const judgeCovers = (worlds: readonly WorldResult[], attacks: readonly AttackResult[]): readonly Target[] => [
  ...worlds.flatMap(({ issuer, token, covered, first, later }) => {
    const limit = WORLDS.get(issuer);
    if (limit === undefined) return [];
    const name = `${token} by ${issuer}, ${covered ? 'covered' : 'not covered'}`;
    return (
      [
        ['first', first.median],
        ['later', later.median],
      ] as const
    ).map(([time, ms]) => ({
      target: `${name}, ${time} time: under ${limit} ms`,
      measured: `${ms.toFixed(2)} ms`,
      met: ms < limit,
    }));
  }),
  ...attacks.map(({ attack, asked, ms, peakMb }) => ({
    target: `${asked}, ${attack}: under ${ATTACK_MS} ms and ${ATTACK_MB} MB`,
    measured: `${ms.toFixed(0)} ms, ${peakMb.toFixed(0)} MB`,
    met: ms < ATTACK_MS && peakMb < ATTACK_MB,
  })),
];
