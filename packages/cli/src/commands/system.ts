import type { Output } from '@latchkey/contract';
import { systemContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import type { Say } from '../language/say.ts';
import { showInstant } from '../output/instant.ts';
import { toTable } from '../output/table.ts';
import { confirm } from './confirm.ts';
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
    const found = await answerOf(systemContract.verifiers.output, api.system.verifiers.query());
    await work.desk.data(found.items, (style) =>
      [
        toTable(
          [
            { title: say('column.id'), value: ({ credentialId }) => credentialId },
            { title: say('column.name'), value: ({ name }) => name, flexible: true },
            { title: say('column.organizations'), value: ({ organizations }) => say(`organizations.${organizations}`) },
            { title: say('column.created'), value: ({ createdAt }) => showInstant(createdAt) },
          ],
          found.items,
          style,
        ),
        `${coherenceOf(found, say)}\n`,
      ].join('\n'),
    );
  });
  describeEmergency(group, kit);
};

/** Whether stopping calls return at once, or have somebody to wait for. */
const coherenceOf = ({ nodes, lastSettled }: Output<'system', 'verifiers'>, say: Say): string => {
  const coherent = nodes.filter((node) => node.coherent).length;
  const text = say('coherence', { coherent: String(coherent), all: String(nodes.length) });
  if (lastSettled === null) return text;
  return `${text} ${say(`settledBy.${lastSettled.by}`, { ms: String(lastSettled.settledMs) })}`;
};

interface EmergencyOptions {
  readonly reason: string;
  readonly installation?: true;
  readonly credentials?: true;
  readonly yes?: true;
}

const describeEmergency = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'emergency', kit, {
    help: 'help.system.emergency',
    examples: [
      "latchkey system emergency --reason 'a laptop was stolen'",
      "latchkey system emergency --installation --yes --reason 'a backup has leaked'",
    ],
  })
    .requiredOption('--reason <text>', say('help.reason'))
    .option('--installation', say('help.system.emergency.installation'))
    .option('--credentials', say('help.system.emergency.credentials'))
    .option('--yes', say('help.yes'))
    .action(async ({ reason, installation, credentials, yes }: EmergencyOptions) => {
      const work = await kit.begin();
      const { api } = await connectAs(work);
      // What --credentials asks for is the installation's to lose: it is never taken for one organization's emergency.
      const ofAll = installation ?? credentials ?? false;
      await confirm(work, yes ?? false, async () =>
        say(ofAll ? 'confirm.emergency.installation' : 'confirm.emergency'),
      );
      const { settled } = ofAll
        ? await answerOf(
            systemContract.emergencyOfInstallation.output,
            api.system.emergencyOfInstallation.mutate({ reason, credentials: credentials ?? false }),
          )
        : await answerOf(systemContract.emergency.output, api.system.emergency.mutate({ reason }));
      await work.desk.data({ settled }, () => `${say('recalled')}\n`);
    });
};
