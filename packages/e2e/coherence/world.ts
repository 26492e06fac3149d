import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, findFreePort, type RunningPostgres, startPostgres } from '@latchkey/embedded';
import { answersOk, PROGRAMS, type RunningProgram, runProgram, startProgram } from '../test/harness/program.ts';
import { openFaultProxy } from './fault-proxy.ts';
import type { Verification } from './history.ts';
import type { Patch } from './mutants.ts';
import type { ToVerifier } from './verifier-main.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BIN = here('../../api/src/bin.ts');
const FROM_SOURCE = [
  '--conditions=@latchkey/source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  here('patches.ts'),
];

export interface WorldOptions {
  readonly patches?: readonly Patch[];
  /** Nobody hears a notification: the wake-up is the interval of the polls. */
  readonly deafToNotifications?: boolean;
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * One PostgreSQL, two API nodes from their sources, three sibling services: one behind each node and one behind either. Each
 * speaks through a proxy of its own, which can be made to fail.
 */
export const startWorld = async ({ patches = [], deafToNotifications = false }: WorldOptions = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-coherence-'));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const dataDir = join(folder, 'postgres');
    let postgres: RunningPostgres = await startPostgres({ dataDir });
    stops.push(() => postgres.stop());
    const { url: databaseUrl } = await createDatabase(postgres.url);
    const passwords = {
      LATCHKEY_API_DB_PASSWORD: 'api-password-of-the-test',
      LATCHKEY_WORKER_DB_PASSWORD: 'worker-password-of-the-test',
    };
    const common = { LATCHKEY_DATA_DIR: folder, LATCHKEY_DEMO: 'on', COHERENCE_PATCHES: JSON.stringify(patches) };
    const databaseVia = (port: number): string => {
      const url = new URL(databaseUrl);
      url.username = 'latchkey_api';
      url.password = passwords.LATCHKEY_API_DB_PASSWORD;
      url.port = String(port);
      return url.href;
    };
    const direct = { ...common, DATABASE_URL: databaseVia(postgres.port) };
    await runProgram(PROGRAMS.server, ['migrate'], { ...direct, ...passwords, DATABASE_ADMIN_URL: databaseUrl });
    await runProgram(PROGRAMS.server, ['init', '--demo', '--json'], direct);
    const credentialFile = join(folder, 'verifier');
    await runProgram(
      PROGRAMS.server,
      ['credential', 'verifier', '--name', 'sibling', '--save', credentialFile],
      direct,
    );
    const credential = readFileSync(credentialFile, 'utf8').trim();

    const ports = [await findFreePort(), await findFreePort()] as const;
    const publicUrl = `http://127.0.0.1:${ports[0]}`;
    const nobody = await findFreePort();
    const startNode = async (port: number) => {
      const proxy = await openFaultProxy(postgres.port);
      stops.push(() => proxy.close());
      const env = {
        ...common,
        DATABASE_URL: databaseVia(proxy.port),
        DATABASE_DIRECT_URL: databaseVia(deafToNotifications ? nobody : proxy.port),
        LATCHKEY_PORT: String(port),
        LATCHKEY_PUBLIC_URL: publicUrl,
      };
      const url = `http://127.0.0.1:${port}`;
      const [first = '', ...more] = [...FROM_SOURCE, BIN, 'serve'];
      const launch = () => startProgram(first, more, env, () => answersOk(`${url}/readyz`));
      const node = {
        url,
        port,
        proxy,
        program: (await launch()) as RunningProgram,
        isUp: true,
        restart: async () => {
          node.program = await launch();
          node.isUp = true;
        },
      };
      stops.push(() => node.program.stop('SIGKILL'));
      return node;
    };
    const nodes = [await startNode(ports[0]), await startNode(ports[1])] as const;

    const startSibling = async (name: string, port: number) => {
      const proxy = await openFaultProxy(port);
      stops.push(() => proxy.close());
      const file = join(folder, name);
      const child = fork(here('verifier-main.ts'), [`http://127.0.0.1:${proxy.port}`, credential, file], {
        execArgv: FROM_SOURCE,
        env: { PATH: process.env['PATH'] ?? '', COHERENCE_PATCHES: common.COHERENCE_PATCHES },
      });
      stops.push(async () => child.kill('SIGKILL'));
      await once(child, 'message');
      const tell = (message: ToVerifier) => child.send(message);
      const finish = async () => {
        const told = once(child, 'message');
        const ended = once(child, 'exit');
        tell({ type: 'end' });
        const [{ metrics, count }] = (await told) as [{ metrics: Record<string, unknown>; count: number }];
        await ended;
        return { name, metrics, count, verifications: readRecords(name, file) };
      };
      return { name, child, proxy, tell, finish };
    };
    const siblings = [
      await startSibling('a', ports[0]),
      await startSibling('b', ports[1]),
      await startSibling('hopping', ports[0]),
    ] as const;

    return {
      nodes,
      siblings,
      publicUrl,
      databaseUrl,
      /** A one-time link for a member of the demo's first organization, as the path that its page has. */
      signInLink: async (memberId: string): Promise<string> => {
        const args = ['sign-in-link', '--organization', 'acme', '--member', memberId, '--json'];
        const { url } = JSON.parse(
          await runProgram(PROGRAMS.server, args, { ...direct, LATCHKEY_PUBLIC_URL: publicUrl }),
        );
        return url as string;
      },
      restartPostgres: async (how: 'cleanly' | 'crash') => {
        const { port, pid } = postgres;
        if (how === 'cleanly') await postgres.stop();
        else {
          process.kill(pid, 'SIGQUIT');
          await untilGone(pid);
        }
        postgres = await startPostgres({ dataDir, port });
        if (postgres.port !== port) throw new Error('PostgreSQL came back on another port');
      },
      logs: () => nodes.map(({ program }) => program.output()).join('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const OUTCOMES = ['refused', 'allowed', 'unavailable', 'verified'] as const;

function* readRecords(verifier: string, file: string): Generator<Verification> {
  const bytes = readFileSync(file);
  const records = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  for (let at = 0; at < records.length; at += 4) {
    const [subject = 0, start = 0, end = 0, outcome = 0] = records.subarray(at, at + 4);
    yield { verifier, subject, start, end, outcome: OUTCOMES[outcome] ?? 'unavailable' };
  }
}

const untilGone = async (pid: number): Promise<void> => {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resume) => setTimeout(resume, 20));
  }
};
