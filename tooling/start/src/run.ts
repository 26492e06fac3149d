import { join } from 'node:path';
import { isAlive } from '@latchkey/bootstrap/process';
import { createProgress } from '@latchkey/bootstrap/progress';
import { stopLeftoverPostgres } from '@latchkey/embedded';
import type { StartOptions } from '../options.mjs';
import { composeReadyLine, describeReady } from './announce.ts';
import { claimFile, claimFolder } from './data/claim.ts';
import { emptyDataFolder, openDataFolder } from './data/folder.ts';
import { linkEveryone, linkOwner } from './demo.ts';
import { type Installation, startInstallation } from './installation.ts';
import { findLaunchers } from './processes/launchers.ts';
import { stopLeftovers } from './processes/leftovers.ts';
import type { Programs } from './programs.ts';

export type RunDeps = {
  readonly environment: NodeJS.ProcessEnv;
  readonly programs: Programs;
  readonly stdout: (text: string) => void;
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Whatever asks us to stop: a signal, or the death of the npm that started us. */
const watchForStop = (launchers: ReturnType<typeof findLaunchers>) => {
  const controller = new AbortController();
  // npm passes a terminal's Ctrl-C on although we have got it already: every signal after the first is the same wish.
  const onSignal = () => controller.abort(new Error('Asked to stop.'));
  for (const signal of signals) process.on(signal, onSignal);
  const timer = setInterval(() => {
    if (launchers.some((launcher) => !isAlive(launcher))) controller.abort(new Error('npm has gone.'));
  }, 500);
  const stopped = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  return { signal: controller.signal, stopped, end: () => clearInterval(timer) };
};

const reset = async (folder: ReturnType<typeof openDataFolder>) => {
  await stopLeftovers(folder.path);
  await stopLeftoverPostgres(join(folder.path, 'postgres'));
  emptyDataFolder(folder, [claimFile]);
};

const announce = async (
  options: StartOptions,
  installation: Installation,
  deps: RunDeps,
  began: number,
): Promise<void> => {
  const { demo, server, ports, database } = installation;
  const addresses = {
    url: `http://127.0.0.1:${ports.api}`,
    exampleServiceUrl: `http://127.0.0.1:${ports.exampleService}`,
  };
  if (options.json) {
    deps.stdout(`${composeReadyLine(addresses, await linkEveryone(server, demo.organizations))}\n`);
    return;
  }
  const owner = await linkOwner(server, demo.organizations);
  deps.stdout(
    describeReady({
      ...addresses,
      ...owner,
      database: database.describe,
      redis: Boolean(deps.environment['REDIS_URL']),
      dataDir: options.dataDir,
      tokenFile: demo.tokenFile,
      tookSeconds: (performance.now() - began) / 1000,
    }),
  );
};

/**
 * Starts everything, says so, and stops it in order when asked to. Gives the exit code: 0 after being asked to stop, 1 where something
 * failed or another start has the folder.
 */
export const runStart = async (options: StartOptions, deps: RunDeps): Promise<number> => {
  const began = performance.now();
  const progress = createProgress({ environment: deps.environment });
  if (options.reset && deps.environment['DATABASE_URL']) {
    progress.say('--reset forgets the embedded database only. Unset DATABASE_URL, or empty that database yourself.');
    return 1;
  }
  if (deps.environment['LATCHKEY_ENV'] === 'production') {
    progress.say('npm start runs a demo with members for everybody: it is not for LATCHKEY_ENV=production.');
    return 1;
  }
  const folder = openDataFolder(options.dataDir);
  const launchers = findLaunchers();
  const outcome = await claimFolder(folder.path, { launchers });
  if (outcome.kind === 'running') {
    progress.say(
      `Latchkey is running on ${folder.path} already (process ${outcome.pid})${outcome.url === undefined ? ', on its way up' : `: ${outcome.url}`}.\n` +
        'Use that one, stop it with Ctrl-C where it runs, or start another with --data-dir DIR.',
    );
    return 1;
  }
  const stops: (() => Promise<void>)[] = [];
  const watch = watchForStop(launchers);
  try {
    if (options.reset) await progress.step('Reset', () => reset(folder));
    const installation = await startInstallation({
      ...deps,
      folder: folder.path,
      progress,
      port: options.port,
      signal: watch.signal,
      onStarted: (stop) => stops.push(stop),
    });
    await announce(options, installation, deps, began);
    outcome.claim.update({ launchers, url: `http://127.0.0.1:${installation.ports.api}` });
    const givenUp = await Promise.race([installation.givenUp, watch.stopped]);
    if (givenUp === undefined) return 0;
    progress.say(givenUp);
    return 1;
  } catch (error) {
    if (watch.signal.aborted) return 0;
    progress.say(`\n${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    if (stops.length > 0) {
      await progress.step('Stopping', async () => {
        for (const stop of stops.reverse()) await stop();
      });
    }
    watch.end();
    outcome.claim.release();
  }
};
