import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitUntil } from '../await-until.ts';
import { arrivedAt } from '../removal.ts';
import { startTcpProxy } from '../tcp-proxy.ts';
import { backends, openWorld } from './fault-world.ts';
import { startPostgresServer } from './postgres-server.ts';

const tokenCount = 2_000;
type Server = Awaited<ReturnType<typeof startPostgresServer>>;
type Proxy = Awaited<ReturnType<typeof startTcpProxy>>;

let server: Server;
beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server?.stop());

/** Happens in the middle of a cascade, while another removal has just been committed. */
const faults: readonly {
  readonly fault: string;
  readonly happen: (proxy: Proxy, noticed: () => Promise<unknown>) => Promise<unknown>;
}[] = [
  { fault: 'is restarted', happen: () => server.restart() },
  { fault: 'is killed', happen: () => server.killAndStart() },
  ...(['requests', 'answers'] as const).map((what) => ({
    fault: `is out of reach one way: ${what} are lost`,
    happen: async (proxy: Proxy, noticed: () => Promise<unknown>) => {
      proxy.lose(what);
      await noticed();
      proxy.pass();
    },
  })),
];

const cases = backends.flatMap((each) =>
  faults.map((fault) => ({ ...each, ...fault, name: `${fault.fault}, with jobs on ${each.backend}` })),
);

describe('NOTHING-LOST, ONE-EFFECT: PostgreSQL', () => {
  it.for(cases)('$name', { timeout: 240_000 }, async ({ backend, missing, happen }, { skip }) => {
    if (missing) skip();
    const proxy = await startTcpProxy(server.url);
    try {
      const world = await openWorld(backend, {
        serverUrl: server.url,
        databaseUrl: (direct) => {
          const url = new URL(direct);
          url.port = new URL(proxy.url).port;
          return url.href;
        },
      });
      const { installation } = world;
      const worker = await world.startWorker();
      const members = await Promise.all([world.addMember(tokenCount), world.addMember(tokenCount)]);
      const [first, second] = members;
      if (first === undefined || second === undefined) expect.fail('there are two members');
      await first.remove();
      await awaitUntil(
        'the cascade has begun',
        async () => (await arrivedAt(installation, first.memberId)).inactive > 0,
      );
      await second.remove();
      await happen(proxy, () => worker.saying('out of reach or in error', 60_000));
      await world.untilRowsSay(members, tokenCount);
    } finally {
      await proxy.close();
    }
  });
});
