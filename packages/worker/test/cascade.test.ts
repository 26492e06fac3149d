import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { findBroken, untilAllDone } from './broken.ts';
import { holdAfter } from './faults/hold-cascade.ts';
import { type Installation, openInstallation } from './installation.ts';
import { redis } from './redis.ts';
import { addMember, allOf, arrivedAt, payloadFor, removeMember } from './removal.ts';
import { startWorkerProcess } from './worker-process.ts';

// GATE-FIRST: "rows converge within 60 s of a worker's return".
const convergenceMs = 60_000;

let installation: Installation;
const processes: ReturnType<typeof startWorkerProcess>[] = [];

beforeEach(async () => {
  installation = await openInstallation();
  if (redis !== undefined) {
    const client = new Redis(redis.url);
    await client.flushdb();
    client.disconnect();
  }
});
afterEach(async () => {
  await untilAllDone(installation);
  await Promise.all(processes.splice(0).map((process) => process.end('SIGKILL')));
  const found = await findBroken(installation);
  await installation.close();
  // Whatever a test has done to a worker, it ends with the queries that must return no row.
  expect(found).toEqual([]);
});
afterAll(() => redis?.stop());

const start = (environment: Readonly<Record<string, string>> = {}) => {
  const process = startWorkerProcess({ DATABASE_URL: installation.workerUrl, ...environment });
  processes.push(process);
  return process;
};

const untilAllOf = (memberId: string, tokenCount: number) =>
  awaitUntil(
    `all ${tokenCount} tokens are inactive`,
    async () => (await arrivedAt(installation, memberId)).inactive === tokenCount,
    convergenceMs,
  );

describe.each([
  { backend: 'postgres', missing: false, environment: () => ({}) },
  { backend: 'redis', missing: redis === undefined, environment: () => ({ REDIS_URL: redis?.url ?? '' }) },
])('with jobs on $backend', { timeout: 180_000 }, ({ backend, missing, environment }) => {
  it.skipIf(missing)(
    'a removed member’s tokens become inactive, each with one audit event, and nobody else’s',
    async () => {
      const worker = start(environment());
      await worker.saying('worker ready');
      expect(worker.output()).toContain(`"backend":"${backend}"`);
      const removed = await addMember(installation, 250);
      const stays = await addMember(installation, 5);
      await removeMember(installation, removed);
      await untilAllOf(removed, 250);
      expect(await arrivedAt(installation, removed)).toEqual(allOf(250));
      expect(await arrivedAt(installation, stays)).toEqual({ active: 5, inactive: 0, services: 1, events: {} });

      const events = await installation.store.audit.list(installation.organizationId, { filter: {}, limit: 200 });
      expect(events.find(({ action }) => action === 'token.deactivated')).toMatchObject({
        actor: { type: 'worker' },
        action: 'token.deactivated',
        requestId: 'request-1',
        details: { because: 'owner_removed', ownerId: removed, removedBy: { type: 'member', id: 'member-admin' } },
      });
      const [changes] = await installation.query(
        "select count(distinct subject_id)::int as count from latchkey.change where subject = 'token'",
      );
      expect(changes).toEqual({ count: 250 });
      await untilAllDone(installation);
      expect(await worker.end('SIGTERM')).toBe(0);
      expect(worker.output()).toContain('"msg":"worker stopped"');
      expect(worker.output()).not.toContain(installation.workerPassword);
    },
  );

  it.skipIf(missing)('a removal while no worker runs is done by the one that comes', async () => {
    const memberId = await addMember(installation, 3);
    await removeMember(installation, memberId);
    start(environment());
    await untilAllOf(memberId, 3);
    expect(await arrivedAt(installation, memberId)).toEqual(allOf(3));
  });

  it.skipIf(missing)('a worker told to stop in the middle hands the rest to the next one at once', async () => {
    const hold = await holdAfter(installation, 200);
    const first = start(environment());
    await first.saying('worker ready');
    const memberId = await addMember(installation, 1_000);
    await removeMember(installation, memberId);
    await hold.reached();
    const ended = first.end('SIGTERM');
    await first.saying('worker stopping');
    await hold.release();
    expect(await ended).toBe(0);
    expect((await arrivedAt(installation, memberId)).active).toBe(700);

    const second = start(environment());
    await second.saying('worker ready');
    const readyAt = performance.now();
    await untilAllOf(memberId, 1_000);
    // Far less than a lock's life: it was handed over, not found abandoned.
    expect(performance.now() - readyAt).toBeLessThan(5_000);
    expect(await arrivedAt(installation, memberId)).toEqual(allOf(1_000));
  });

  it.skipIf(missing)('two workers at once, and messages relayed again, have one effect', async () => {
    const workers = [start(environment()), start(environment())];
    await Promise.all(workers.map((worker) => worker.saying('worker ready')));
    const members: string[] = [];
    for (let count = 0; count < 4; count += 1) members.push(await addMember(installation, 300));
    // The same removal told twice, as two messages: two jobs, which may run at once.
    await Promise.all([...members, ...members].map((memberId) => removeMember(installation, memberId)));
    await awaitUntil('everything is relayed', async () => (await installation.store.outbox.lag()).count === 0);
    await installation.query('update latchkey.outbox_message set done_at = null, next_attempt_at = now()');
    await installation.query('notify latchkey_outbox');
    for (const memberId of members) await untilAllOf(memberId, 300);
    await untilAllDone(installation);
    for (const memberId of members) expect(await arrivedAt(installation, memberId)).toEqual(allOf(300));
  });

  it.skipIf(missing)('a poison payload and a job that nobody knows hold back nothing and stay visible', async () => {
    const insert =
      'insert into latchkey.outbox_message (organization_id, name, payload, created_at) values ($1, $2, $3, $4)';
    const poison = [
      ['cascade-member-removal', { organizationId: '', memberId: 7, canary: 'lk_pat_secret-of-somebody' }],
      ['cascade-member-removal', null],
      ['job-of-next-year', { anything: true }],
      ['__proto__', payloadFor(installation.organizationId, 'x')],
    ] as const;
    for (const [name, payload] of poison) {
      await installation.query(insert, [installation.organizationId, name, JSON.stringify(payload), new Date(0)]);
    }
    const worker = start(environment());
    const memberId = await addMember(installation, 20);
    await removeMember(installation, memberId);
    await untilAllOf(memberId, 20);
    await awaitUntil(
      'the good one is relayed',
      async () => (await installation.store.outbox.lag()).count === poison.length,
    );
    expect(worker.output()).toContain('organizationId: too_small, memberId: invalid_type');
    expect(worker.output()).not.toContain('secret-of-somebody');

    // Given up after enough attempts, they are dead letters that somebody can look at and revive.
    await installation.query(
      'update latchkey.outbox_message set attempts = 9, next_attempt_at = now() where done_at is null',
    );
    await awaitUntil('they are dead letters', async () => (await installation.store.outbox.lag()).count === 0);
    const dead = await installation.store.outbox.deadLetters(10);
    expect(dead.map(({ name }) => name).sort()).toEqual(poison.map(([name]) => name).sort());
  });
});

it('a cascade for an owner whose gate is open is refused and touches nothing', async () => {
  const memberId = await addMember(installation, 3);
  await installation.store.unitOfWork.run((tx) =>
    installation.store.outbox.add(
      tx,
      installation.organizationId,
      'cascade-member-removal',
      payloadFor(installation.organizationId, memberId),
    ),
  );
  const worker = start();
  await worker.saying('job failed');
  expect(worker.output()).toContain('the gate of this owner is not closed');
  expect(await arrivedAt(installation, memberId)).toEqual({ active: 3, inactive: 0, services: 1, events: {} });
  const failed = await installation.query("select id from bullmq.job where state = 'failed'");
  expect(failed).toHaveLength(1);
});

it('a removal is taken up when it is committed, not at the next sweep', async () => {
  const worker = start();
  await worker.saying('worker ready');
  const members: string[] = [];
  for (let count = 0; count < 6; count += 1) members.push(await addMember(installation, 1));
  const startedAt = performance.now();
  // One right after the other: without a wake-up each would wait for nearly the whole second between two sweeps.
  for (const memberId of members) {
    await removeMember(installation, memberId);
    await untilAllOf(memberId, 1);
  }
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

it('a worker whose every connection was cut goes on by itself', { timeout: 180_000 }, async () => {
  const worker = start();
  await worker.saying('worker ready');
  const cut = () =>
    installation.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name not like 'worker-tests%' and pid <> pg_backend_pid()`,
    );
  expect((await cut()).length).toBeGreaterThan(2);
  const memberId = await addMember(installation, 30);
  await removeMember(installation, memberId);
  await cut();
  await untilAllOf(memberId, 30);
  expect(await arrivedAt(installation, memberId)).toEqual(allOf(30));
  await untilAllDone(installation);
  expect(await worker.end('SIGTERM')).toBe(0);
});
