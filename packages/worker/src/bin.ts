#!/usr/bin/env node
import { Command } from 'commander';
import { type CommandOutput, listDeadLetters, requeueDeadLetters } from './commands/dead-letters.ts';
import { readEnvironment } from './env.ts';
import { exitCodes } from './exit-codes.ts';
import { createLogger, redactLine } from './log/create-logger.ts';
import { main } from './main.ts';
import { untilAskedToStop } from './shutdown.ts';

const program = new Command('latchkey-worker')
  .description('Relays the outbox and does the jobs of Latchkey: whatever may be late and must not be lost.')
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.stopped : exitCodes.badConfiguration))
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL          PostgreSQL, prepared by \`latchkey-server migrate\`; the role latchkey_worker is enough. Required.
  DATABASE_DIRECT_URL   The same past a transaction pooler, for LISTEN and for jobs on PostgreSQL. Default: DATABASE_URL.
  REDIS_URL             Jobs wait in this Redis (6.2 or newer, maxmemory-policy noeviction). Default: in PostgreSQL.
  REDIS_CLUSTER         1: REDIS_URL names nodes of a Redis Cluster, apart by commas. Default: a single Redis.
  REDIS_SENTINEL_NAME   REDIS_URL names sentinels, and this the master that they watch. Default: a single Redis.
  LATCHKEY_AUDIT_KEYS   id:key,… that seal the audit trail, the current one first. Default: made once in LATCHKEY_DATA_DIR.
  LATCHKEY_DATA_DIR     Folder for audit keys that nobody gave, and for anchors of the trail. Default: neither is kept.
  LATCHKEY_PUBLIC_URL   Where people open the console: reminders link to it. Default: nobody is told but in the console.
  LATCHKEY_SMTP_URL     Sends mail, such as smtps://USER:PASSWORD@HOST:465, from LATCHKEY_MAIL_FROM. Default: LATCHKEY_DATA_DIR/mail.
  LATCHKEY_WEBHOOK_URL  Is told too, signed with LATCHKEY_WEBHOOK_SECRET; LATCHKEY_WEBHOOK_PRIVATE=1 allows a private one.
  LATCHKEY_REMOVAL_PERCENT  Where the host misses more of the owners at once, nothing is ended before an operator has confirmed it. Default: 10.
  LATCHKEY_TOMBSTONE_DAYS  How long a revoked token's row is kept, 30 days or more; its audit events stay. Default: 400.
  LATCHKEY_BOARD_PORT   Serves Bull Board at /jobs to administrators of LATCHKEY_BOARD_ORGANIZATION. Default: not served.
  LATCHKEY_SERVER_URL   Where the board asks who they are. Default: LATCHKEY_PUBLIC_URL.
  LATCHKEY_USAGE_DAYS      How far back it is known what tokens were used for, 1 day or more. Default: 90.
  LATCHKEY_WORKER_PORT  Serves /livez, /readyz and /metrics on this port, 0 for any free one. Default: not served.
  LATCHKEY_LOG_LEVEL    fatal, error, warn, info, debug, trace or silent. Default: info.
  LATCHKEY_ENV          \`production\` serves /livez and /readyz on every address. Default: on 127.0.0.1 only.

Ends within 10 s of SIGTERM or SIGINT; a second one doesn't wait.
Exit codes: ${Object.entries(exitCodes)
      .map(([name, code]) => `${code} ${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
      .join(', ')}.`,
  );
const readConfiguration = () => {
  const environment = readEnvironment();
  if (environment.ok) return environment.configuration;
  for (const problem of environment.problems) process.stderr.write(`latchkey-worker: ${problem}.\n`);
  return process.exit(exitCodes.badConfiguration);
};

program.action(async () => {
  const configuration = readConfiguration();
  const logger = createLogger(configuration.logLevel);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      logger.fatal({ err: error }, event);
      process.exit(exitCodes.failed);
    });
  }
  const untilStopped = untilAskedToStop(() => process.exit(exitCodes.deadlinePassed));
  // Not left to an empty event loop: a connection that hangs must not keep a stopped worker alive.
  process.exit(await main({ configuration, logger, untilStopped }));
});

/** Runs a command on the outbox, prints what it says, and ends. */
const print = async (json: boolean | undefined, work: (databaseUrl: string) => Promise<CommandOutput>) => {
  try {
    const { lines, value } = await work(readConfiguration().databaseUrl);
    process.stdout.write(json === true ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
    process.exitCode = exitCodes.stopped;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    process.stderr.write(redactLine(`latchkey-worker: ${because}.\n`));
    process.exitCode = exitCodes.failed;
  }
};

program
  .command('dead-letters')
  .description('Lists recorded work that was given up: ids, when, what, and why.')
  .option('--json', 'print one line of JSON')
  .action(({ json }: { readonly json?: boolean }) => print(json, listDeadLetters));

program
  .command('requeue')
  .description('Takes up again what was given up.')
  .argument('[ids...]', 'ids, as dead-letters lists them')
  .option('--all', 'everything that was given up')
  .option('--json', 'print one line of JSON')
  .action((ids: readonly string[], { all, json }: { readonly all?: boolean; readonly json?: boolean }) => {
    const isUuid = (id: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
    if ((all === true) === ids.length > 0 || !ids.every(isUuid)) {
      process.stderr.write('latchkey-worker: give the ids that dead-letters lists, or --all.\n');
      return process.exit(exitCodes.badConfiguration);
    }
    return print(json, (url) => requeueDeadLetters(url, all === true ? 'all' : ids));
  });

await program.parseAsync();
