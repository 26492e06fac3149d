import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './port.ts';
import { findProgram } from './program.ts';

/** Where Debian keeps it: not on the PATH of people who are not root. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** The PgBouncer that tests put in front of PostgreSQL; undefined where there is none. */
export const findPgBouncer = (environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  findProgram(['pgbouncer'], [environment['PATH'] ?? '', ...SYSTEM_FOLDERS].join(delimiter));

export type RunningPgBouncer = {
  /** The same database and role through the pooler. */
  readonly through: (url: string) => string;
  readonly stop: () => Promise<void>;
};

// What a client asks for in its first message and a pooled session can't keep: PgBouncer refuses it unless it is named here.
const IGNORED = 'extra_float_digits,statement_timeout,lock_timeout,idle_in_transaction_session_timeout,options';

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

/** A PgBouncer in transaction mode in front of the server of these URLs, whose names and passwords it lets in; no others. */
export const startPgBouncer = async (program: string, urls: readonly string[]): Promise<RunningPgBouncer> => {
  const parsed = urls.map((url) => new URL(url));
  const [server] = parsed;
  if (server === undefined) throw new TypeError('PgBouncer needs a server.');
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pgbouncer-'));
  // It refuses to be root, and becomes somebody who has to pass through.
  chmodSync(folder, 0o755);
  const quote = (text: string) => `"${decodeURIComponent(text).replaceAll('"', '""')}"`;
  const users = join(folder, 'users.txt');
  writeFileSync(users, parsed.map(({ username, password }) => `${quote(username)} ${quote(password)}\n`).join(''));
  const configuration = join(folder, 'pgbouncer.ini');
  writeFileSync(
    configuration,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
ignore_startup_parameters = ${IGNORED}
`,
  );
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(program, ['-q', ...account, configuration], { stdio: 'ignore' });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    for (const event of ['exit', 'error'] as const) {
      child.once(event, () => {
        ended = true;
        resolve();
      });
    }
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    child.kill('SIGTERM');
    await end;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + 10_000;
  while (!(await answers(port))) {
    if (ended || performance.now() > deadline) {
      await stop();
      throw new Error(`${program} did not answer on port ${port} within 10 s.`);
    }
    await delay(20);
  }
  return {
    through: (url) => {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(port);
      return changed.href;
    },
    stop,
  };
};
