import type { ReconciliationRecord } from '@latchkey/store';
import type { Command } from 'commander';
import { type CommandWorld, print, subcommand, withDeps } from './command-world.ts';
import { CommandFailed } from './exit.ts';
import type { CommandDeps } from './open-deps.ts';
import { operatorEvent } from './operator-event.ts';

interface ReconciliationOptions {
  readonly organization: string;
  readonly confirm?: boolean;
  readonly json?: boolean;
}

/** `latchkey-server reconciliation` */
export const describeReconciliation = (program: Command, world: CommandWorld): void => {
  subcommand(
    program,
    'reconciliation',
    'Says what the last comparison of token owners with the host came to; so many missing at once wait for --confirm.',
  )
    .requiredOption('--organization <id>', 'whose members')
    .option('--confirm', 'remove those who are held back, for good, at the worker’s next comparison')
    .option('--json', 'print one line of JSON')
    .action(({ organization, confirm, json }: ReconciliationOptions) =>
      withDeps(world, async (deps) => {
        const found = await deps.store.reconciliations.find(organization);
        if (found === null) throw new CommandFailed('Nothing has been compared yet: the worker does it every hour.');
        if (confirm !== true) return print(world, json, toView(found), describeFound(found));
        const confirmedCount = await confirmRemovals(deps, organization);
        print(
          world,
          json,
          { ...toView(found), confirmedCount },
          `Confirmed: ${confirmedCount} members are removed at the worker's next comparison.`,
        );
      }),
    );
};

/** AUDIT-WITH-CAUSE: who said so, and of whom, commits with it. @throws CommandFailed where nothing is held */
const confirmRemovals = ({ store }: Pick<CommandDeps, 'store'>, organizationId: string): Promise<number> =>
  store.unitOfWork.run(async (tx) => {
    const memberIds = await store.reconciliations.confirm(tx, organizationId);
    if (memberIds === null) throw new CommandFailed('Nothing is held back.');
    await store.audit.append(tx, [
      operatorEvent(
        organizationId,
        await store.now(tx),
        'organization.removals_confirmed',
        { type: 'organization', id: organizationId },
        { memberIds },
      ),
    ]);
    return memberIds.length;
  });

const toView = ({ confirmedIds, comparedAt, ...found }: ReconciliationRecord) => ({
  ...found,
  comparedAt: new Date(comparedAt).toISOString(),
  confirmed: confirmedIds !== null,
});

const describeFound = ({ outcome, comparedAt, ownerCount, missingIds }: ReconciliationRecord): string => {
  const when = `Compared at ${new Date(comparedAt).toISOString()}: ${ownerCount} owners of tokens.`;
  if (outcome === 'done') return `${when} All that was missing has been removed.`;
  if (outcome === 'host_unavailable') return `${when} The host could not be asked, or its list can't be believed.`;
  return [
    `${when} ${missingIds.length} of them are not known to the host; so many at once may be its mistake, so nothing was ended:`,
    ...missingIds.map((memberId) => `  ${memberId}`),
    'If they have really left, say it again with --confirm.',
  ].join('\n');
};
