import { systemContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { showInstant } from '../output/instant.ts';
import { toTable } from '../output/table.ts';
import { connectAs, describe, describeGroup, type Kit } from './kit.ts';

export const describeSystem = (program: Command, kit: Kit): void => {
  const group = describeGroup(program, 'system', kit, 'help.system');
  describe(group, 'verifiers', kit, {
    help: 'help.system.verifiers',
    examples: ['latchkey system verifiers', "latchkey system verifiers --output json | jq -r '.[].name'"],
  }).action(async () => {
    const work = await kit.begin();
    const { say } = work;
    const { api } = await connectAs(work);
    const { items } = await answerOf(systemContract.verifiers.output, api.system.verifiers.query());
    await work.desk.data(items, (style) =>
      toTable(
        [
          { title: say('column.id'), value: ({ credentialId }) => credentialId },
          { title: say('column.name'), value: ({ name }) => name, flexible: true },
          { title: say('column.organizations'), value: ({ organizations }) => say(`organizations.${organizations}`) },
          { title: say('column.created'), value: ({ createdAt }) => showInstant(createdAt) },
        ],
        items,
        style,
      ),
    );
  });
};
