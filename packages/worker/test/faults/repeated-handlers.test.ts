import { expect, it } from 'vitest';
import { jobNames, runJob } from '../../src/jobs/run-job.ts';
import { runSchedule, scheduleNames } from '../../src/schedules/run-schedule.ts';
import { findBroken } from '../broken.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { seedWork } from './seed-work.ts';

const never = new AbortController().signal;
const now = Date.now();
const series = async (run: () => Promise<unknown>, times: number) => {
  for (let count = 0; count < times; count += 1) await run();
};

/** How often each is called, and whether at once. */
const ways = {
  once: (run: () => Promise<unknown>) => series(run, 1),
  'three times in series': (run: () => Promise<unknown>) => series(run, 3),
  'three times in parallel': async (run: () => Promise<unknown>) => {
    await Promise.allSettled([run(), run(), run()]);
    // One that found the work in another's hands was told so, and comes again.
    await run();
  },
} as const;

// What is drawn anew for each row, and when the database wrote it down.
const drawn = ['event_id', 'salt', 'message_id', 'next_attempt_at', 'relayed_at', 'done_at', 'xid'];
// The feed is left out: what may be pruned depends on everybody's transactions.
const tables = [
  'token',
  'secret',
  'owner_gate',
  'reminder',
  'notification',
  'outbox_message',
  'audit_event',
  'audit_unsealed',
  'idempotency_key',
];

/** Everything that the worker may write, without what differs from run to run; owners by what was planned for them. */
const readRows = async ({ query }: Installation, plan: Readonly<Record<string, string>>) => {
  const rows: string[] = [];
  const names = new Map(Object.entries(plan).map(([name, memberId]) => [memberId, name]));
  const tokens = await query<{ token_id: string; issuer_id: string; name: string }>(
    'select token_id, issuer_id, name from latchkey.token',
  );
  const tokenNames = new Map(
    tokens.map(({ token_id, issuer_id, name }) => [
      token_id,
      `${names.get(issuer_id)} ${name.slice(issuer_id.length)}`,
    ]),
  );
  for (const table of tables) {
    const found = await query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from latchkey.${table} t`);
    for (const { row } of found) {
      for (const column of drawn) delete row[column];
      if (table === 'outbox_message' || table === 'audit_unsealed') delete row['created_at'];
      // Fifty are listed of more that were never used: which ones is by their ids, which are drawn anew.
      if (row['action'] === 'member.removal_reported') row['details'] = totalsOf(row['details']);
      // A notification is named by the digest of what it is about, and that by ids that are drawn anew.
      let line = `${table} ${JSON.stringify(row)}`.replaceAll(/"notificationId":"[0-9a-f]{40}"/gu, '');
      for (const [id, name] of [...tokenNames, ...names]) line = line.replaceAll(id, name);
      rows.push(line);
    }
  }
  return rows.sort();
};

const totalsOf = (details: unknown) => {
  const { removedBy, ended, goingOn } = details as Record<'removedBy' | 'ended' | 'goingOn', { total?: number }>;
  return { removedBy, ended: ended.total, goingOn: goingOn.total };
};

/** Those that the others have not; of equal ones each counts. */
const except = (rows: readonly string[], others: readonly string[]) => {
  const left = [...others];
  return rows.filter((row) => {
    const place = left.indexOf(row);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
};

const runAll = async (installation: Installation, way: (run: () => Promise<unknown>) => Promise<unknown>) => {
  const store = installation.workerStore;
  const plan = await seedWork(installation, now);
  const seeded = await readRows(installation, plan);
  const delivered: string[] = [];
  const notifiers = {
    mail: {
      deliver: async (content: { readonly tokenId: string; readonly kind: string }) => {
        delivered.push(`${content.kind} ${content.tokenId}`);
        return 'sent' as const;
      },
    },
  };
  for (const name of scheduleNames)
    await way(() => runSchedule({ store, channels: ['mail'], tombstoneDays: 400, usageDays: 90 }, name, now, never));
  const messages = await installation.query<{ name: string; payload: unknown }>(
    'select name, payload from latchkey.outbox_message order by name, payload::text',
  );
  for (const { name, payload } of messages) {
    await way(() => runJob({ store, clock: { now: () => now }, notifiers }, { name, data: payload }, never));
  }
  // Each delivery was one, however often it was asked for.
  expect(new Set(delivered).size).toBe(delivered.length);
  const worked = new Set(messages.map(({ name }) => name));
  expect(jobNames).toEqual(expect.arrayContaining([...worked]));
  expect(worked.size).toBeGreaterThan(1);
  await installation.query('update latchkey.outbox_message set done_at = now(), relayed_at = now()');
  expect(await findBroken(installation)).toEqual([]);
  return { rows: await readRows(installation, plan), seeded, deliveredCount: delivered.length };
};

it('ONE-EFFECT: every handler and every schedule, three times in series and in parallel, leaves the rows of once', {
  timeout: 180_000,
}, async () => {
  const results: Awaited<ReturnType<typeof runAll>>[] = [];
  for (const way of Object.values(ways)) {
    const installation = await openInstallation();
    results.push(await runAll(installation, way));
    await installation.close();
  }
  const [once, ...others] = results;
  if (once === undefined) expect.fail('nothing ran');
  // There was something to do: rows were changed, and people told.
  expect(once.rows).not.toEqual(once.seeded);
  expect(once.deliveredCount).toBeGreaterThan(30);
  for (const other of others) {
    expect(other.deliveredCount).toBe(once.deliveredCount);
    expect(except(other.rows, once.rows)).toEqual([]);
    expect(except(once.rows, other.rows)).toEqual([]);
    expect(other.rows).toHaveLength(once.rows.length);
  }
});
