import { erasePersonalData } from '@latchkey/store';
import type { Command } from 'commander';
import { type CommandWorld, print, requireEnv, subcommand } from './command-world.ts';
import { CommandFailed, UsageError } from './exit.ts';

interface EraseOptions {
  readonly organization: string;
  readonly member: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `latchkey-server erase-personal-data` */
export const describeErase = (program: Command, world: CommandWorld): void => {
  subcommand(
    program,
    'erase-personal-data',
    'Erases addresses, clients and reasons of one member from the audit trail, which stays verifiable; asks for DATABASE_ADMIN_URL.',
  )
    .requiredOption('--organization <id>', 'whose trail')
    .requiredOption('--member <id>', 'whose data: what the member did, and its personal tokens')
    .requiredOption('--reason <text>', 'who asked for it and why, for the trail; without personal data')
    .option('--yes', 'do it; without it nothing is changed')
    .option('--json', 'print one line of JSON')
    .action(async ({ organization: organizationId, member: memberId, reason, yes, json }: EraseOptions) => {
      const { databaseAdminUrl: adminUrl } = requireEnv(world, 'migrate');
      if (adminUrl === null) {
        throw new UsageError('DATABASE_ADMIN_URL is missing: no role of a running program may change the audit trail.');
      }
      if (yes !== true) {
        throw new CommandFailed('Nothing has been changed: what is erased is gone for good. Say it again with --yes.');
      }
      const done = await erasePersonalData({ adminUrl, organizationId, memberId, reason });
      print(
        world,
        json,
        done,
        `Erased from ${done.erasedCount} events; what is not sealed yet stays until it is asked for again.`,
      );
    });
};
