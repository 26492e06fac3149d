import { type Output, permissionsContract, type StatementView } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import type { Say } from '../language/say.ts';
import { type TableStyle, toSheet, toTable } from '../output/table.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';

export const describePermissions = (program: Command, kit: Kit): void => {
  const { say } = kit;
  describe(program, 'permissions', kit, {
    help: 'help.permissions',
    examples: ['latchkey permissions', 'latchkey permissions --catalogue --output json'],
  })
    .option('--catalogue', say('help.permissions.catalogue'))
    .action(async ({ catalogue }: { readonly catalogue?: true }) =>
      (catalogue ? showCatalogue : showMine)(await kit.begin()),
    );
};

const showMine = async (work: Work): Promise<void> => {
  const { api } = await connectAs(work);
  const mine = await answerOf(permissionsContract.mine.output, api.permissions.mine.query());
  await work.desk.data(mine, (style) => drawMine(mine, work.say, style));
  for (const { path, message } of mine.unreadable) {
    await work.desk.warn('POLICY_UNREADABLE', work.say('unreadable', { path, message }));
  }
};

const drawMine = (mine: Output<'permissions', 'mine'>, say: Say, style: TableStyle): string => {
  const answer = (may: boolean) => say(may ? 'yes' : 'no');
  const flags = toSheet(
    [
      [say('may.list'), answer(mine.mayListTokens)],
      [say('may.personal'), answer(mine.mayManagePersonalTokens)],
      [say('may.service'), answer(mine.mayManageServiceTokens)],
      [say('may.administer'), answer(mine.mayAdminister)],
    ],
    style,
  );
  const rows = mine.policies.flatMap(({ name, statements }) => statements.map((statement) => ({ name, statement })));
  const table = toTable(
    [
      { title: say('column.policy'), value: ({ name }) => name },
      { title: say('column.effect'), value: ({ statement }) => say(`effect.${statement.effect}`) },
      { title: say('column.actions'), value: ({ statement }) => actionsOf(statement, say) },
      { title: say('column.resources'), value: ({ statement }) => resourcesOf(statement, say) },
    ],
    rows,
    style,
  );
  return `${flags}\n${table}`;
};

const actionsOf = ({ actions, notActions }: StatementView, say: Say): string =>
  actions?.join(', ') ?? say('allBut', { list: notActions?.join(', ') ?? '' });

const resourcesOf = ({ resources, notResources }: StatementView, say: Say): string =>
  resources?.join(', ') ?? say('allBut', { list: notResources?.join(', ') ?? '' });

const showCatalogue = async (work: Work): Promise<void> => {
  const { say } = work;
  const { api } = await connectAs(work);
  const catalogue = await answerOf(permissionsContract.catalogue.output, api.permissions.catalogue.query());
  const rows = catalogue.resourceTypes.flatMap(({ resource, actions }) =>
    actions.map((action) => ({ resource, action })),
  );
  await work.desk.data(catalogue, (style) =>
    toTable(
      [
        { title: say('column.resource'), value: ({ resource }) => resource },
        { title: say('column.action'), value: ({ action }) => action.name },
        { title: say('column.access'), value: ({ action }) => say(`access.${action.access}`) },
        { title: say('column.forService'), value: ({ action }) => say(action.grantableToService ? 'yes' : 'no') },
      ],
      rows,
      style,
    ),
  );
};
