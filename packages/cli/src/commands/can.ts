import { type DecisionView, permissionsContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { EXIT } from '../exit.ts';
import { fail } from '../failure/cli-failure.ts';
import type { Say } from '../language/say.ts';
import { toSheet } from '../output/table.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';

export const describeCan = (program: Command, kit: Kit): void => {
  describe(program, 'can <action> <resource>', kit, {
    help: 'help.can',
    examples: [
      'latchkey can ToggleFlag project/shop:env/prod:flag/checkout',
      "latchkey can ToggleFlag 'project/shop:env/prod:flag/*' && ./toggle-all",
    ],
  }).action(async (action: string, resource: string) => can(await kit.begin(), action, resource));
};

const can = async (work: Work, action: string, resource: string): Promise<void> => {
  const { api } = await connectAs(work);
  const { decisions } = await answerOf(
    permissionsContract.decide.output,
    api.permissions.decide.mutate({ requests: [{ action, resource }] }),
  );
  const [decided] = decisions;
  // FAIL-CLOSED: no decision is no permission.
  if (decided === undefined) throw fail('ANSWER_NOT_UNDERSTOOD');
  await work.desk.data(decided, (style) => toSheet(sheetOf(decided.decision, work.say), style));
  if (decided.decision.effect !== 'allow') work.exitWith(EXIT.denied);
};

const sheetOf = (decision: DecisionView, say: Say): (readonly [string, string])[] =>
  decision.effect === 'allow'
    ? [[say('column.decision'), say('allowed')]]
    : [
        [say('column.decision'), say('denied')],
        [say('column.because'), say(`because.${decision.because}`)],
        [say('column.layer'), say(`layer.${decision.layer}`)],
        [say('column.missing'), `${decision.missing.action} ${decision.missing.resource}`],
      ];
