import { createPostgresJobs, createRedisJobs, createWorkers } from '@latchkey/worker';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { findBroken, untilAllDone } from './broken.ts';
import { hasRedisServer, startRedisServer } from './faults/redis-server.ts';
import { openInstallation } from './installation.ts';
import { addMember, allOf, arrivedAt, payloadFor } from './removal.ts';

const logger = pino({ level: 'silent' });
const tokenCount = 150;

describe.each([
  { backend: 'postgres', missing: false },
  { backend: 'redis', missing: !hasRedisServer },
])('a cascade that became a dead letter, with jobs on $backend', { timeout: 120_000 }, ({ backend, missing }) => {
  it.skipIf(missing)(
    'is taken up again by reconcile-members, ends every token once, and is reported once',
    async () => {
      const installation = await openInstallation();
      const { store, workerStore, organizationId, query } = installation;
      const redis = backend === 'redis' ? await startRedisServer() : null;
      const openJobs = () =>
        redis === null
          ? createPostgresJobs({ url: installation.workerUrl, logger })
          : createRedisJobs({ url: redis.url, logger });
      const workers = createWorkers({ store: workerStore, jobs: openJobs(), clock: { now: () => Date.now() }, logger });
      try {
        await workers.ready;
        const ticking = openJobs();
        await ticking.prepare(new AbortController().signal);
        const ticks = ticking.openQueue('schedules');
        const memberId = await addMember(installation, tokenCount);
        // The job runs while the gate is open, and so is refused for good: the queue keeps it as failed, the outbox as dead.
        await store.unitOfWork.run((tx) =>
          store.outbox.add(tx, organizationId, 'cascade-member-removal', payloadFor(organizationId, memberId)),
        );
        await awaitUntil('it was given up', async () => (await store.outbox.deadLetters(5)).length === 1);
        await store.unitOfWork.run(async (tx) => {
          const at = Date.now() - 600_000;
          const { mark } = await store.ownerGates.close(tx, organizationId, memberId, at);
          await store.audit.append(tx, [
            {
              ...{ organizationId, at, action: 'member.removed', reason: null, address: null, client: null },
              actor: { type: 'member', id: 'member-admin' },
              target: { type: 'member', id: memberId },
              ...{ requestId: 'request-1', details: { mark } },
            },
          ]);
        });
        expect(await arrivedAt(installation, memberId)).toMatchObject({ active: tokenCount, inactive: 0 });

        const tick = async (round: number) => {
          await ticks.add([{ name: 'reconcile-members', data: {}, jobId: `reconcile-members-${round}` }]);
          await awaitUntil(`tick ${round} is over`, async () =>
            (await workers.metrics.text()).includes(
              `work_runs_total{work="reconcile-members",result="done"} ${round}\n`,
            ),
          );
          await untilAllDone(installation);
        };
        await tick(1);
        expect(await arrivedAt(installation, memberId)).toEqual(allOf(tokenCount));
        expect(await store.outbox.deadLetters(5)).toEqual([]);
        await tick(2);
        await tick(3);
        expect(await arrivedAt(installation, memberId)).toEqual(allOf(tokenCount));
        const told = await query(
          `select count(*)::int as n from latchkey.audit_event where action = 'member.removal_reported'`,
        );
        expect(told).toEqual([{ n: 1 }]);
        const messages = await query('select name, revival from latchkey.outbox_message order by name');
        expect(messages).toEqual([
          { name: 'cascade-member-removal', revival: 1 },
          { name: 'notify', revival: 0 },
        ]);
        expect(await findBroken(installation)).toEqual([]);
        await ticks.close();
        await ticking.close();
      } finally {
        await workers.close(5_000);
        await redis?.stop();
        await installation.close();
      }
    },
  );
});
