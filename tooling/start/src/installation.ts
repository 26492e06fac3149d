import { join } from 'node:path';
import type { Progress } from '@latchkey/bootstrap/progress';
import { openDatabase, type StartDatabase } from './database.ts';
import { type Demo, keepVerifierCredential, type ServerCommand, seedDemo } from './demo.ts';
import { composeEnvironments } from './environment.ts';
import { choosePorts, type Ports } from './ports.ts';
import { answersOk, listensOn } from './processes/answers.ts';
import { stopLeftovers } from './processes/leftovers.ts';
import { runOnce } from './processes/once.ts';
import type { Program } from './processes/program.ts';
import { superviseProgram } from './processes/supervise.ts';
import type { Programs } from './programs.ts';

export type Installation = {
  readonly ports: Ports;
  readonly database: StartDatabase;
  readonly demo: Demo;
  readonly server: ServerCommand;
  /** Fulfilled with the reason when a program can't be kept running. */
  readonly givenUp: Promise<string>;
};

export type StartDeps = {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly programs: Programs;
  readonly progress: Progress;
  readonly port: number | undefined;
  readonly signal: AbortSignal;
  /** Takes what has to be stopped, in the order of starting; it is stopped in the opposite one. */
  readonly onStarted: (stop: () => Promise<void>) => void;
};

/**
 * Brings everything up: leftovers away, database, schema, demo, then the programs.
 *
 * @throws Error where a step fails or `signal` is raised; what was started by then has gone to `onStarted`.
 */
export const startInstallation = async (deps: StartDeps): Promise<Installation> => {
  const { folder, programs, progress, signal } = deps;
  const leftovers = await stopLeftovers(folder);
  if (leftovers.length > 0) progress.say(`Stopped what a killed start had left running: ${leftovers.join(', ')}.`);

  const database = await progress.step('Database', async (say) => {
    const opened = await openDatabase(folder, deps.environment);
    if (opened.postgres !== undefined) deps.onStarted(opened.postgres.stop);
    say(opened.describe);
    return opened;
  });
  const ports = await choosePorts(folder, deps.port, progress.say);
  const credentialFile = join(database.stateFolder, 'verifier-credential');
  const environments = composeEnvironments(deps.environment, database, ports, credentialFile);
  const runServer = (args: readonly string[], environment: NodeJS.ProcessEnv) =>
    runOnce({ folder, name: 'setup', file: programs.server, args, environment, signal });
  const server: ServerCommand = (args) => runServer(args, environments.server);

  await progress.step('Schema', () => runServer(['migrate'], environments.migrate));
  const demo = await progress.step('Demo', async () => {
    const seeded = await seedDemo(server, database.stateFolder);
    await keepVerifierCredential(server, credentialFile);
    return seeded;
  });

  const parts: readonly (readonly [Program, () => Promise<boolean>])[] = [
    [
      { name: 'api', file: programs.server, args: ['serve'], environment: environments.server },
      () => answersOk(`http://127.0.0.1:${ports.api}/readyz`),
    ],
    [
      { name: 'worker', file: programs.worker, args: [], environment: environments.worker },
      () => answersOk(`http://127.0.0.1:${ports.worker}/readyz`),
    ],
    [
      { name: 'example-service', file: programs.exampleService, args: [], environment: environments.exampleService },
      () => listensOn(ports.exampleService),
    ],
  ];
  const supervised = await progress.step('Programs', async () => {
    const outcomes = await Promise.allSettled(
      parts.map(([program, isReady]) =>
        superviseProgram({ folder, program, isReady, say: progress.say, signal, readyWithinMs: 30_000 }),
      ),
    );
    // All of them are known before one failure is told: none may be left running behind it.
    const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    for (const { stop } of running) deps.onStarted(stop);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return running;
  });
  return { ports, database, demo, server, givenUp: Promise.race(supervised.map(({ givenUp }) => givenUp)) };
};
