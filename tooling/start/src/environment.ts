import type { StartDatabase } from './database.ts';
import type { Ports } from './ports.ts';

/** What each program is told, and no more: none gets another's password. */
export type ProgramEnvironments = {
  readonly migrate: NodeJS.ProcessEnv;
  readonly server: NodeJS.ProcessEnv;
  readonly worker: NodeJS.ProcessEnv;
  readonly exampleService: NodeJS.ProcessEnv;
};

const passed = /^(PATH|HOME|USER|LOGNAME|LANG|LC_.*|TMPDIR|NO_COLOR|NODE_OPTIONS|REDIS_URL|LATCHKEY_.*)$/;

export const composeEnvironments = (
  environment: NodeJS.ProcessEnv,
  database: StartDatabase,
  ports: Ports,
  credentialFile: string,
): ProgramEnvironments => {
  const common = Object.fromEntries(Object.entries(environment).filter(([name]) => passed.test(name)));
  const url = `http://127.0.0.1:${ports.api}`;
  const server = {
    ...common,
    DATABASE_URL: database.apiUrl,
    DATABASE_DIRECT_URL: database.apiDirectUrl,
    LATCHKEY_DATA_DIR: database.stateFolder,
    LATCHKEY_PORT: String(ports.api),
    LATCHKEY_PUBLIC_URL: url,
    LATCHKEY_DEMO: 'on',
  };
  return {
    server,
    migrate: {
      ...server,
      DATABASE_ADMIN_URL: database.adminUrl,
      LATCHKEY_API_DB_PASSWORD: database.apiPassword,
      LATCHKEY_WORKER_DB_PASSWORD: database.workerPassword,
    },
    worker: {
      ...common,
      DATABASE_URL: database.workerUrl,
      DATABASE_DIRECT_URL: database.workerDirectUrl,
      LATCHKEY_DATA_DIR: database.stateFolder,
      LATCHKEY_WORKER_PORT: String(ports.worker),
      // What mails and the bell link to; without it nothing is captured.
      LATCHKEY_PUBLIC_URL: url,
    },
    exampleService: {
      PATH: common['PATH'] ?? '',
      PORT: String(ports.exampleService),
      LATCHKEY_URL: url,
      LATCHKEY_VERIFIER_CREDENTIAL_FILE: credentialFile,
    },
  };
};
