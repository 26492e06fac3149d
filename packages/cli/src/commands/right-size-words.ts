import type { SuggestionView } from '@latchkey/contract';
import type { Say } from '../language/say.ts';
import { type TableStyle, toTable } from '../output/table.ts';
import type { Work } from './kit.ts';

/** What was counted, and what those decisions would have been. */
export const tellReplay = async ({ say, desk }: Work, suggested: SuggestionView): Promise<void> => {
  const { since, replay, deniedCount, actions, days } = suggested;
  if (since === null) return void (await desk.notice(say('rightSize.nothing', { days })));
  const kept = actions.filter((action) => action.kept).length;
  await desk.notice(say('rightSize.actions', { kept, granted: actions.length }));
  const { refusedCount: refused, decisionCount: all, uncertainCount, refusedAlreadyCount } = replay;
  await desk.notice(say('rightSize.replay', { refused, all, since: since.slice(0, 10) }));
  for (const { action, resource, decisionCount: count } of replay.refused) {
    await desk.notice(say('rightSize.refused', { action, resource, count }));
  }
  if (uncertainCount > 0) await desk.notice(say('rightSize.uncertain', { count: uncertainCount }));
  if (!replay.exact) await desk.notice(say('rightSize.inexact'));
  if (deniedCount > 0) await desk.notice(say('rightSize.denied', { count: deniedCount }));
  if (refusedAlreadyCount > 0) await desk.notice(say('rightSize.already', { count: refusedAlreadyCount }));
};

type Statement = SuggestionView['statements'][number];

export const statementsTable =
  ({ say }: Work, statements: readonly Statement[]) =>
  (style: TableStyle): string =>
    toTable<Statement>(
      [
        { title: say('column.effect'), value: ({ effect }) => say(`effect.${effect}`) },
        { title: say('column.actions'), value: ({ actions = [] }) => actions.join(', '), flexible: true },
        { title: say('column.resources'), value: (statement) => resourcesOf(statement, say), flexible: true },
      ],
      statements,
      style,
    );

const resourcesOf = ({ resources, notResources = [] }: Statement, say: Say): string =>
  resources?.join(', ') ?? say('allBut', { list: notResources.join(', ') });
