import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, findFreePort, startPostgres } from '@latchkey/embedded';
import pg from 'pg';
import { answersOk, PROGRAMS, type RunningProgram, runProgram, startProgram } from './program.ts';
import { createSession, type MemberSession } from './session.ts';

export interface Installation {
  readonly url: string;
  readonly exampleUrl: string;
  /** The superuser's eyes on the database: what an auditor or a thief would see. */
  readonly admin: pg.Pool;
  /** Where the server keeps its keys, and a worker what it captures. */
  readonly dataFolder: string;
  /** The superuser's URL. */
  readonly databaseUrl: string;
  readonly verifierCredential: string;
  /** The demo token of Dana, shown once by `latchkey-server init --demo`. */
  readonly demoToken: string;
  /** Signs a member of the demo in by a one-time link of its own. */
  readonly signIn: (organizationId: string, memberId: string) => Promise<MemberSession>;
  readonly server: (...args: string[]) => Promise<string>;
  readonly startWorker: (env?: Record<string, string>) => Promise<RunningProgram>;
  /** What every program of this installation has written so far. */
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

/** PostgreSQL, migrations, the demo, the API and the example service, as processes of their own. No worker yet. */
export const startInstallation = async (
  options: { readonly env?: Record<string, string> } = {},
): Promise<Installation> => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const postgres = await startPostgres();
    stops.push(postgres.stop);
    const { url: databaseUrl } = await createDatabase(postgres.url);
    const [port, examplePort] = [await findFreePort(), await findFreePort()];
    const url = `http://127.0.0.1:${port}`;
    const exampleUrl = `http://127.0.0.1:${examplePort}`;
    const apiDatabase = withRole(databaseUrl, 'latchkey_api', 'api-password-of-the-test');
    const workerDatabase = withRole(databaseUrl, 'latchkey_worker', 'worker-password-of-the-test');
    const env = {
      DATABASE_URL: apiDatabase,
      DATABASE_DIRECT_URL: apiDatabase,
      LATCHKEY_DATA_DIR: folder,
      LATCHKEY_PORT: String(port),
      LATCHKEY_PUBLIC_URL: url,
      LATCHKEY_DEMO: 'on',
      ...options.env,
    };
    const server = (...args: string[]) => runProgram(PROGRAMS.server, args, env);

    await runProgram(PROGRAMS.server, ['migrate'], {
      ...env,
      DATABASE_ADMIN_URL: databaseUrl,
      LATCHKEY_API_DB_PASSWORD: 'api-password-of-the-test',
      LATCHKEY_WORKER_DB_PASSWORD: 'worker-password-of-the-test',
    });
    const { demoToken } = JSON.parse(await server('init', '--demo', '--json')) as { demoToken: string };
    const credentialFile = join(folder, 'verifier');
    await server('credential', 'verifier', '--name', 'example-service', '--save', credentialFile);

    const running: RunningProgram[] = [];
    const start = async (...args: Parameters<typeof startProgram>) => {
      const program = await startProgram(...args);
      running.push(program);
      stops.push(() => program.stop());
      return program;
    };
    await start(PROGRAMS.server, ['serve'], env, () => answersOk(`${url}/readyz`));
    await start(
      PROGRAMS.exampleService,
      [],
      { PORT: String(examplePort), LATCHKEY_URL: url, LATCHKEY_VERIFIER_CREDENTIAL_FILE: credentialFile },
      () => answersOk(`${exampleUrl}/livez`),
    );
    const admin = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    admin.on('error', () => undefined);
    stops.push(() => admin.end());

    return {
      url,
      exampleUrl,
      admin,
      databaseUrl,
      dataFolder: folder,
      demoToken,
      verifierCredential: readFileSync(credentialFile, 'utf8').trim(),
      server,
      signIn: async (organizationId, memberId) => {
        const made = await server('sign-in-link', '--organization', organizationId, '--member', memberId, '--json');
        return createSession(url, (JSON.parse(made) as { url: string }).url);
      },
      startWorker: async (extra = {}) => {
        const workerPort = await findFreePort();
        const workerEnv = {
          DATABASE_URL: workerDatabase,
          DATABASE_DIRECT_URL: workerDatabase,
          LATCHKEY_DATA_DIR: folder,
          LATCHKEY_WORKER_PORT: String(workerPort),
          ...options.env,
          ...extra,
        };
        return start(PROGRAMS.worker, [], workerEnv, () => answersOk(`http://127.0.0.1:${workerPort}/readyz`));
      },
      logs: () => running.map((program) => program.output()).join('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const withRole = (url: string, role: string, password: string): string => {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
};
