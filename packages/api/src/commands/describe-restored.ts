import type { Command } from 'commander';
import { type CommandWorld, print, subcommand, withDeps } from './command-world.ts';
import { CommandFailed } from './exit.ts';
import { planRestored, type RestoredPlan, restored } from './restored.ts';

interface RestoredOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `latchkey-server restored` */
export const describeRestored = (program: Command, world: CommandWorld): void => {
  subcommand(
    program,
    'restored',
    'After a restore from a backup, before the first verification: ends every token, credential and session.',
  )
    .option('--yes', 'do it; without it the command only says what it would do')
    .option('--json', 'print one line of JSON')
    .action((options: RestoredOptions) =>
      withDeps(world, async (deps) => {
        const plan = await planRestored(deps);
        if (options.yes !== true) {
          print(world, options.json, { done: false, ...planView(plan) }, describePlan(plan));
          throw new CommandFailed('Nothing has been changed. Say it again with --yes to do it.');
        }
        const { settledMs } = await restored(deps);
        const done = `Done, and settled after ${settledMs} ms: nothing that was issued before is accepted any more. Issue the verifier credentials again (latchkey-server credential verifier).`;
        print(world, options.json, { done: true, ...planView(plan), settledMs }, done);
      }),
    );
};

const planView = ({ lastRunAt, ...counts }: RestoredPlan) => ({
  ...counts,
  lastRunAt: lastRunAt === null ? null : new Date(lastRunAt).toISOString(),
});

const describePlan = ({ tokens, credentials, sessions, lastRunAt }: RestoredPlan): string =>
  [
    `This ends ${tokens} tokens, ${credentials} credentials of the installation and ${sessions} sessions, for good:`,
    'any of them may have been revoked after the backup was made. Tokens and credentials have to be issued again.',
    ...(lastRunAt === null
      ? []
      : [
          `It was last done at ${new Date(lastRunAt).toISOString()}. Unless there was another restore since, there is no need to do it again: it would end what was issued after that.`,
        ]),
  ].join('\n');
