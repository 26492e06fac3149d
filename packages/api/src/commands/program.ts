import { HostUnavailable } from '@latchkey/core';
import { StoreUnavailable } from '@latchkey/store';
import { Command, CommanderError } from 'commander';
import { createLogger, redactLogLine } from '../logger.ts';
import { main } from '../main.ts';
import { type CommandWorld, print, requireEnv, subcommand } from './command-world.ts';
import { describeCredential } from './describe-credential.ts';
import { describeDoctor } from './describe-doctor.ts';
import { describeErase } from './describe-erase.ts';
import { describeInit } from './describe-init.ts';
import { describeReconciliation } from './describe-reconciliation.ts';
import { describeRestored } from './describe-restored.ts';
import { describeSignInLink } from './describe-sign-in-link.ts';
import { CommandFailed, exitCodes, UsageError } from './exit.ts';
import { migrate } from './migrate.ts';

/** Runs one command of `latchkey-server` and gives its exit code. Never throws. */
export const runServerCommand = async (args: readonly string[], world: CommandWorld): Promise<number> => {
  try {
    await describeProgram(world).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // commander has written its own sentence already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    world.writeError(`latchkey-server: ${redactLogLine(explain(error))}\n`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
};

/** Ours say what to do; an outage gets a sentence; of a surprise all is told, to whoever runs the server. */
const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CommandFailed || error instanceof UsageError) return error.message;
  const cause = error instanceof StoreUnavailable || error instanceof HostUnavailable ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (cause !== error || UNREACHABLE.test(code)) {
    const because = cause instanceof Error ? `: ${cause.message || code}` : '';
    return `The database can't be used${because}. Is it running, and is its URL right?`;
  }
  return error.stack ?? error.message;
};

// Of the network, and of PostgreSQL (appendix A): no entry (28), no such database (3D000), not yet or no longer up (57P).
const UNREACHABLE = /^(?:ECONN|EHOST|ENET|ENOTFOUND|ETIMEDOUT|EAI_|28|3D000|57P)/;

const describeProgram = (world: CommandWorld): Command => {
  const program = new Command('latchkey-server')
    .description('Runs Latchkey, and does what needs its database and its keys.')
    .exitOverride()
    .configureOutput({ writeOut: world.write, writeErr: world.writeError })
    .addHelpText('after', '\nThe environment is described in .env.example. Exit codes: 0 done, 1 failed, 2 usage.');

  subcommand(program, 'serve', 'Serves the API and the console until it is asked to stop.').action(async () => {
    const env = requireEnv(world, 'serve');
    await main({ env, logger: createLogger(env.logLevel), untilStopped: world.untilStopped() });
  });

  subcommand(
    program,
    'migrate',
    'Brings schema, roles and grants to what this release needs; asks for DATABASE_ADMIN_URL.',
  )
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const done = await migrate(requireEnv(world, 'migrate'));
      const nothing = 'Nothing to migrate; roles and grants are in order.';
      print(world, json, done, done.applied.length === 0 ? nothing : `Migrated: ${done.applied.join(', ')}.`);
    });

  describeInit(program, world);
  describeCredential(program, world);
  describeSignInLink(program, world);
  describeRestored(program, world);
  describeErase(program, world);
  describeDoctor(program, world);
  describeReconciliation(program, world);
  return program;
};
