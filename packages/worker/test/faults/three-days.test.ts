import { createPostgresJobs, createRedisJobs, createWorkers, type JobBackend, type Workers } from '@latchkey/worker';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { runSchedule, scheduleNames } from '../../src/schedules/run-schedule.ts';
import { awaitUntil } from '../await-until.ts';
import { untilAllDone } from '../broken.ts';
import { addMember, allOf, arrivedAt, removeMember } from '../removal.ts';
import { chosen } from './extent.ts';
import { backends, type FaultWorld, openWorld } from './fault-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const logger = pino({ level: 'silent' });
const never = new AbortController().signal;

const openJobs = ({ installation, redis }: FaultWorld): JobBackend =>
  redis === null
    ? createPostgresJobs({ url: installation.workerUrl, logger })
    : createRedisJobs({ url: redis.url, logger });

/** The worker as it comes back, at a simulated time: every schedule ticks once, and what has gathered is done. */
const comeBack = async (world: FaultWorld, now: number, sent: string[]): Promise<void> => {
  const { workerStore } = world.installation;
  const workers: Workers = createWorkers({
    store: { ...workerStore, now: async () => now },
    jobs: openJobs(world),
    clock: { now: () => now },
    logger,
    notifiers: {
      mail: {
        deliver: async ({ tokenId, kind, anchor, thresholdDays }) => {
          sent.push(JSON.stringify({ tokenId, kind, anchor, thresholdDays }));
          return 'sent';
        },
      },
    },
  });
  const jobs = openJobs(world);
  try {
    await workers.ready;
    await jobs.prepare(never);
    const ticks = jobs.openQueue('schedules');
    for (const round of [1, 2, 3]) {
      await ticks.add(scheduleNames.map((name) => ({ name, data: {}, jobId: `${name}-${now}-${round}` })));
    }
    await ticks.close();
    await awaitUntil(
      'each schedule has ticked three times',
      async () => {
        const text = await workers.metrics.text();
        return scheduleNames.every((name) => {
          const count = new RegExp(`work_runs_total\\{work="${name}",result="done"\\} (\\d+)`).exec(text)?.[1];
          return Number(count ?? 0) >= 3;
        });
      },
      60_000,
    );
    await untilAllDone(world.installation);
  } finally {
    await workers.close(5_000);
    await jobs.close();
  }
};

describe('after three days without a worker', () => {
  it.for(chosen(backends.map((each) => ({ ...each, short: each.backend === 'postgres' }))))(
    'on $backend everything is made up for, once',
    { timeout: 180_000 },
    async ({ backend, missing }, { skip }) => {
      if (missing) skip();
      const world = await openWorld(backend);
      const { installation } = world;
      const { query, organizationId } = installation;
      const end = Date.now();
      const start = end - 3 * DAY;
      const issuedAt = start - 60 * DAY;
      await query(`insert into latchkey.settings (organization_id, chosen, revision) values ($1, $2, 1)`, [
        organizationId,
        { reminderDays: [30, 7, 1], rotationAgeDays: null, idleDays: null },
      ]);
      // Tokens that expire in each hour of the outage; that come near to it; and far away from it.
      for (let hour = 1; hour <= 72; hour += 6) {
        await addMember(installation, 2, { issuedAt, expiresAt: start + hour * HOUR });
      }
      const near = await addMember(installation, 10, { issuedAt, expiresAt: start + 3 * DAY + 12 * HOUR });
      const far = await addMember(installation, 10, { issuedAt, expiresAt: start + 20 * DAY });
      const extended = await addMember(installation, 5, { issuedAt, expiresAt: start + 6 * DAY });

      // The last tick before the outage: what it recorded stays in the outbox.
      const deps = { store: installation.workerStore, channels: ['mail' as const], tombstoneDays: 400, usageDays: 90 };
      await runSchedule(deps, 'remind', start, never);
      // Meanwhile people go on: somebody leaves, and somebody extends tokens of whose expiry the mail still waits.
      const leaver = await addMember(installation, 300, { issuedAt });
      await removeMember(installation, leaver, start + 12 * HOUR);
      await query(`update latchkey.outbox_message set created_at = to_timestamp($1::float8 / 1000)`, [
        start + 12 * HOUR,
      ]);
      await query(`update latchkey.token set expires_at = expires_at + interval '90 d' where owner_id = $1`, [
        extended,
      ]);

      const sent: string[] = [];
      await comeBack(world, end, sent);
      await comeBack(world, end, sent);

      expect(await arrivedAt(installation, leaver)).toEqual(allOf(300));
      // ONE-REMINDER: each once; none of what has expired meanwhile or was extended; of what is near the nearest alone.
      expect(new Set(sent).size).toBe(sent.length);
      const thresholdsOf = async (memberId: string) => {
        const tokens = await query<{ token_id: string }>('select token_id from latchkey.token where owner_id = $1', [
          memberId,
        ]);
        const ids = new Set(tokens.map(({ token_id }) => token_id));
        return sent
          .map((line) => JSON.parse(line) as { tokenId: string; thresholdDays: number })
          .filter(({ tokenId }) => ids.has(tokenId))
          .map(({ thresholdDays }) => thresholdDays)
          .sort((a, b) => a - b);
      };
      // Told at the start that a week is left, and then that a day is: the first mail still has a point.
      expect(await thresholdsOf(near)).toEqual([...Array(10).fill(1), ...Array(10).fill(7)]);
      expect(await thresholdsOf(far)).toEqual(Array(10).fill(30));
      expect(await thresholdsOf(extended)).toEqual([]);
      const [pointless] = await query(
        `select count(*)::int as count from latchkey.reminder where settled_as = 'pointless' and channel = 'mail'`,
      );
      expect(pointless).toEqual({ count: 24 + 5 });
      const expiries = await query(
        `select count(*)::int as count, count(distinct target_id)::int as tokens from latchkey.audit_event where action = 'token.expired'`,
      );
      expect(expiries).toEqual([{ count: 24, tokens: 24 }]);
    },
  );
});
