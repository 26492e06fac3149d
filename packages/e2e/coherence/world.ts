import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, startRedis } from '@latchkey/embedded';
import { answersOk, PROGRAMS, type RunningProgram, runProgram, startProgram } from '../test/harness/program.ts';
import { openCluster } from './cluster.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import type { Verification } from './history.ts';
import { copyInstallation, databaseUrlOf } from './installation.ts';
import type { Patch } from './mutants.ts';
import type { ToVerifier } from './verifier-main.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BIN = here('../../api/src/bin.ts');
const WORKER_BIN = here('../../worker/src/bin.ts');
const FROM_SOURCE = [
  '--conditions=@latchkey/source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  here('patches.ts'),
];

/** From its sources, on a machine that has other work. */
const READY_WITHIN_MS = 600_000;

export interface WorldOptions {
  readonly patches?: readonly Patch[];
  /** Nobody hears a notification: the wake-up is the interval of the polls. */
  readonly deafToNotifications?: boolean;
  /** A synchronous standby beside PostgreSQL. */
  readonly standby?: boolean;
  /** Lines of PostgreSQL's configuration. */
  readonly settings?: readonly string[];
  /** A worker that prunes the feed: its jobs wait in Redis or in PostgreSQL. Nodes and siblings never speak to Redis. */
  readonly worker?: 'on Redis' | 'on PostgreSQL';
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * One PostgreSQL, two API nodes from their sources, three sibling services: one behind each node and one behind either. Each
 * speaks through a proxy of its own, which can be made to fail.
 */
export const startWorld = async ({
  patches = [],
  deafToNotifications = false,
  standby = false,
  settings = [],
  worker: jobs,
}: WorldOptions = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-coherence-'));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const { credential, databasePath } = await copyInstallation(folder);
    const cluster = await openCluster({ folder, databasePath, standby, settings });
    stops.push(() => cluster.stop());
    /** A promotion moves all of them. */
    const databaseProxies: FaultProxy[] = [];
    const openDatabaseProxy = async (): Promise<FaultProxy> => {
      const proxy = await openFaultProxy(cluster.port());
      stops.push(() => proxy.close());
      databaseProxies.push(proxy);
      return proxy;
    };
    const common = { LATCHKEY_DATA_DIR: folder, LATCHKEY_DEMO: 'on', COHERENCE_PATCHES: JSON.stringify(patches) };
    const databaseVia = (port: number): string => databaseUrlOf('latchkey_api', port, databasePath);
    const operator = await openDatabaseProxy();
    const direct = { ...common, DATABASE_URL: databaseVia(operator.port) };
    const notes = new Map<string, number>();

    const ports = [await findFreePort(), await findFreePort()] as const;
    const publicUrl = `http://127.0.0.1:${ports[0]}`;
    const nobody = await findFreePort();
    const startNode = async (port: number, index: number) => {
      const proxy = await openDatabaseProxy();
      const env = {
        ...common,
        COHERENCE_NODE: String(index),
        DATABASE_URL: databaseVia(proxy.port),
        DATABASE_DIRECT_URL: databaseVia(deafToNotifications ? nobody : proxy.port),
        LATCHKEY_PORT: String(port),
        LATCHKEY_PUBLIC_URL: publicUrl,
      };
      const url = `http://127.0.0.1:${port}`;
      const [first = '', ...more] = [...FROM_SOURCE, BIN, 'serve'];
      const launch = () => startProgram(first, more, env, () => answersOk(`${url}/readyz`), READY_WITHIN_MS);
      const node = {
        url,
        port,
        proxy,
        program: (await launch()) as RunningProgram,
        /** Whether it may be called; while none may be, everybody waits. */
        isUp: true,
        restart: async () => {
          node.program = await launch();
          node.isUp = true;
        },
      };
      stops.push(() => node.program.stop('SIGKILL'));
      return node;
    };
    const nodes = [await startNode(ports[0], 0), await startNode(ports[1], 1)] as const;

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
      const ask = async (message: ToVerifier) => {
        const told = once(child, 'message');
        tell(message);
        const [answer] = (await told) as [{ metrics: Record<string, unknown>; count: number }];
        return { name, ...answer, verifications: readRecords(name, file) };
      };
      return {
        name,
        child,
        proxy,
        tell,
        /** What it has recorded until now. It has to run. */
        look: () => ask({ type: 'look' }),
        finish: async () => {
          const ended = once(child, 'exit');
          const finished = await ask({ type: 'end' });
          await ended;
          return finished;
        },
      };
    };
    const siblings = [
      await startSibling('a', ports[0]),
      await startSibling('b', ports[1]),
      await startSibling('hopping', ports[0]),
    ] as const;

    const startWorker = async (): Promise<RunningProgram> => {
      const redis = jobs === 'on Redis' ? await startRedis() : undefined;
      if (redis !== undefined) stops.push(() => redis.stop());
      const proxy = await openDatabaseProxy();
      const port = await findFreePort();
      const url = databaseUrlOf('latchkey_worker', proxy.port, databasePath);
      const [first = '', ...more] = [...FROM_SOURCE, WORKER_BIN];
      const env = {
        ...common,
        DATABASE_URL: url,
        LATCHKEY_WORKER_PORT: String(port),
        ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      };
      const launch = () =>
        startProgram(first, more, env, () => answersOk(`http://127.0.0.1:${port}/readyz`), READY_WITHIN_MS);
      const program = await launch();
      stops.push(() => program.stop('SIGKILL'));
      return program;
    };
    if (jobs !== undefined) await startWorker();

    return {
      nodes,
      siblings,
      cluster,
      publicUrl,
      notes,
      /** Something worth counting that trouble has brought about. */
      note: (what: string) => void notes.set(what, (notes.get(what) ?? 0) + 1),
      /** Everybody finds the primary of now. */
      moved: () => {
        for (const { target } of databaseProxies) target(cluster.port());
      },
      /** A one-time link for a member of the demo's first organization, as the path that its page has. */
      signInLink: async (memberId: string): Promise<string> => {
        const args = ['sign-in-link', '--organization', 'acme', '--member', memberId, '--json'];
        const { url } = JSON.parse(
          await runProgram(PROGRAMS.server, args, { ...direct, LATCHKEY_PUBLIC_URL: publicUrl }),
        );
        return url as string;
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
