import type { Group } from '../permission-set.ts';
import type { Allows } from '../program.ts';
import { findAllow } from '../search.ts';
import type { CompiledStatement } from '../statement.ts';

export interface FoundAllow {
  readonly rank: number;
  readonly group: number;
  readonly statement: CompiledStatement;
}

/** The first allow, by rank from `from` on, that matches the loaded name and the action. */
export const findFirst = (allows: Allows, action: string, _effect: 'allow', from: number): FoundAllow | null => {
  const program = allows.program();
  const rank = findAllow(program, action, from);
  if (rank === null) return null;
  const group = program.groups[rank] as number;
  const before = group === 0 ? 0 : (program.ends[group - 1] as number);
  const statement = (allows.groups()[group] as Group).allows.all[rank - before] as CompiledStatement;
  return { rank, group, statement };
};
