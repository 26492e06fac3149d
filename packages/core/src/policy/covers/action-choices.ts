import { matchesGlob } from '../glob.ts';
import { matchesAction } from '../statement.ts';
import { bestOf, type Option } from './antichain.ts';
import { emptyBits, type Leaning, setBit } from './bits.ts';
import { textClasses } from './classes.ts';
import { GlobTable } from './glob-table.ts';
import { pointsOfAction, type Rank } from './points.ts';
import { actionGlobs, type Rectangle } from './rectangle.ts';
import type { RectangleWalk, Telling } from './search.ts';

export interface ActionChoice {
  readonly action: string;
  /** Less is better. */
  readonly points: number;
  /** What can match with it. */
  readonly alive: readonly Telling[];
}

/** One action for each set of statements that can match together, but for sets that another one makes needless. */
export const actionChoices = (
  { action: base, statement: own }: Rectangle,
  telling: readonly Telling[],
  walk: RectangleWalk,
): readonly ActionChoice[] | null => {
  const { budget, knownActions, aim } = walk;
  const table = new GlobTable();
  for (const { statement, wanted } of telling) {
    for (const glob of actionGlobs(statement.actions)) table.add(glob, wanted !== statement.actions.negated);
  }
  const classes = textClasses(base, table, 'action', walk);
  if (classes === null) return null;
  const ranks = new Map<string, Rank>(classes.map(({ text }) => [text, 'invented']));
  const named = [own, ...telling.map(({ statement }) => statement)].flatMap(({ actions }) => [...actions.names]);
  if (!budget.spend(named.length + knownActions.length)) return null;
  for (const name of named) if (matchesGlob(base, name)) ranks.set(name, 'named');
  for (const action of knownActions) if (matchesGlob(base, action)) ranks.set(action, 'known');
  ranks.delete('');

  const options = new Map<string, ActionChoice & Option>();
  for (const [action, rank] of ranks) {
    if (!budget.spend(1 + telling.length)) return null;
    const hits = emptyBits(telling.length);
    const alive = telling.filter(({ statement }, i) => {
      const matches = matchesAction(statement.actions, action);
      if (matches) setBit(hits, i);
      return matches;
    });
    const key = hits.join();
    const points = pointsOfAction(action, rank);
    const known = options.get(key);
    if (known === undefined || points < known.points) options.set(key, { action, points, cost: points, hits, alive });
  }
  return bestOf([...options.values()], leaningOf(telling), aim, budget);
};

const leaningOf = (telling: readonly Telling[]): Leaning => {
  const [wanted, unwanted] = [emptyBits(telling.length), emptyBits(telling.length)];
  telling.forEach((each, i) => {
    setBit(each.wanted ? wanted : unwanted, i);
  });
  return { wanted, unwanted };
};
