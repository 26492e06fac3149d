import { createRedisJobs, createWorkers, type JobBackend, UnfitBackend } from '@latchkey/worker';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { findBroken, untilAllDone } from './broken.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './faults/redis-server.ts';
import { type Installation, openInstallation } from './installation.ts';
import { addMember, allOf, arrivedAt, removeMember } from './removal.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;
const slotCount = 16_384;

/** Three masters on loopback, each with a third of the slots. */
const startCluster = async (): Promise<readonly RedisServer[]> => {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all([1, 2, 3].map(() => startRedisServer(settings)));
  const [first] = nodes;
  for (const [place, node] of nodes.entries()) {
    const from = Math.ceil((place * slotCount) / nodes.length);
    const to = Math.ceil(((place + 1) * slotCount) / nodes.length) - 1;
    await node.control.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    if (node !== first) await first?.control.call('CLUSTER', 'MEET', '127.0.0.1', node.port);
  }
  for (const node of nodes) {
    await awaitUntil('the cluster is whole', async () => {
      const info = String(await node.control.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    });
  }
  return nodes;
};

describe.skipIf(!hasRedisServer)('jobs on a Redis Cluster of three nodes', { timeout: 120_000 }, () => {
  let nodes: readonly RedisServer[] = [];
  let installation: Installation;
  const opened: JobBackend[] = [];
  beforeAll(async () => {
    nodes = await startCluster();
  });
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));
  beforeEach(async () => {
    installation = await openInstallation();
  });
  afterEach(async () => {
    for (const jobs of opened.splice(0)) await jobs.close();
    await installation.close();
  });
  const open = (given = nodes) => {
    const url = given.map((node) => node.url).join(',');
    const jobs = createRedisJobs({ url, topology: { kind: 'cluster' }, logger });
    opened.push(jobs);
    return jobs;
  };

  it('are handed over, handled and scheduled, whichever node was named', async () => {
    const workers = createWorkers({
      store: installation.workerStore,
      jobs: open(nodes.slice(2)),
      logger,
      clock: { now: () => Date.now() },
    });
    await workers.ready;
    const members = await Promise.all([addMember(installation, 250), addMember(installation, 20)]);
    for (const memberId of members) await removeMember(installation, memberId);
    await untilAllDone(installation);
    expect(await Promise.all(members.map((memberId) => arrivedAt(installation, memberId)))).toEqual([
      allOf(250),
      allOf(20),
    ]);
    expect(await workers.close(10_000)).toBe(true);
    expect(await findBroken(installation)).toEqual([]);
  });

  it('keep each queue on one node, and the queues apart', async () => {
    const jobs = open();
    await jobs.prepare(never);
    for (const name of ['one', 'two', 'three', 'four']) {
      const queue = jobs.openQueue(name);
      await queue.add([{ name, data: {}, jobId: 'job-of-the-test' }]);
      await queue.close();
    }
    const keys = await Promise.all(nodes.map(async (node) => [...(await node.control.keys('*job-of-the-test'))]));
    expect(keys.flat()).toHaveLength(4);
    expect(keys.filter((found) => found.length > 0).length).toBeGreaterThan(1);
    expect(keys.flat().every((key) => /^\{latchkey-[a-z]+\}:/.test(String(key)))).toBe(true);
  });

  it('are refused where one of the nodes drops keys when it is full', async () => {
    await nodes[1]?.control.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      await expect(open().prepare(never)).rejects.toThrow(UnfitBackend);
    } finally {
      await nodes[1]?.control.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });
});
