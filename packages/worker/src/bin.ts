#!/usr/bin/env node
import { Command } from 'commander';
import { readEnvironment } from './env.ts';
import { exitCodes } from './exit-codes.ts';
import { createLogger } from './log/create-logger.ts';
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
  LATCHKEY_TOMBSTONE_DAYS  How long a revoked token's row is kept, 30 days or more; its audit events stay. Default: 400.
  LATCHKEY_WORKER_PORT  Serves /livez, /readyz and /metrics on this port, 0 for any free one. Default: not served.
  LATCHKEY_LOG_LEVEL    fatal, error, warn, info, debug, trace or silent. Default: info.
  LATCHKEY_ENV          \`production\` serves /livez and /readyz on every address. Default: on 127.0.0.1 only.

Ends within 10 s of SIGTERM or SIGINT; a second one doesn't wait.
Exit codes: ${Object.entries(exitCodes)
      .map(([name, code]) => `${code} ${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
      .join(', ')}.`,
  );
program.parse();

const environment = readEnvironment();
if (!environment.ok) {
  for (const problem of environment.problems) process.stderr.write(`latchkey-worker: ${problem}.\n`);
  process.exit(exitCodes.badConfiguration);
}

const logger = createLogger(environment.configuration.logLevel);
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    logger.fatal({ err: error }, event);
    process.exit(exitCodes.failed);
  });
}
const untilStopped = untilAskedToStop(() => process.exit(exitCodes.deadlinePassed));
// Not left to an empty event loop: a connection that hangs must not keep a stopped worker alive.
process.exit(await main({ configuration: environment.configuration, logger, untilStopped }));
