import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jobContracts } from '@latchkey/store';
import { createPostgresJobs, createRedisJobs, type JobBackend } from '@latchkey/worker';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { jobNames } from '../../src/jobs/run-job.ts';
import { awaitUntil } from '../await-until.ts';
import { chosen } from './extent.ts';
import { backends, type FaultWorld, openWorld } from './fault-world.ts';

/** As the release before wrote it: such a file is never edited, or it shows nothing. */
const payloadOf = (name: string, with_: Readonly<Record<string, string>>): unknown => {
  let text = readFileSync(fileURLToPath(new URL(`payloads/${name}.json`, import.meta.url)), 'utf8');
  for (const [placeholder, value] of Object.entries(with_)) text = text.replaceAll(placeholder, value);
  return JSON.parse(text);
};

const openJobs = async ({ installation, redis }: FaultWorld): Promise<JobBackend> => {
  const logger = pino({ level: 'silent' });
  const jobs =
    redis === null
      ? createPostgresJobs({ url: installation.workerUrl, logger })
      : createRedisJobs({ url: redis.url, logger });
  await jobs.prepare(new AbortController().signal);
  return jobs;
};

it('every job of the last release is still known, and its payload still keeps the contract', () => {
  const names = readdirSync(fileURLToPath(new URL('payloads', import.meta.url))).map((file) => file.slice(0, -5));
  expect(jobNames).toEqual(expect.arrayContaining(names));
  for (const name of jobNames.filter((each) => names.includes(each))) {
    expect(jobContracts[name].safeParse(payloadOf(name, {}))).toMatchObject({ success: true });
  }
});

describe('last release’s payload, waiting in the outbox and in the queue, is handled by this one', () => {
  it.for(chosen(backends.map((each) => ({ ...each, short: each.backend === 'postgres' }))))(
    'on $backend',
    { timeout: 120_000 },
    async ({ backend, missing }, { skip }) => {
      if (missing) skip();
      const world = await openWorld(backend);
      const { installation } = world;
      const members = await Promise.all([world.addMember(20), world.addMember(20)]);
      const payloads = members.map(({ memberId }) => payloadOf('cascade-member-removal', { MEMBER: memberId }));
      const reminded = await world.addMember(1);
      const [token] = await installation.query<{ token_id: string }>(
        'select token_id from latchkey.token where owner_id = $1',
        [reminded.memberId],
      );
      const reminder = payloadOf('deliver-reminder', { TOKEN: token?.token_id ?? '' });
      for (const member of members) await member.remove();
      // The first one’s message is in the outbox; the second one’s has become a job already, and is there no more.
      await installation.query('delete from latchkey.outbox_message');
      const insert = `insert into latchkey.outbox_message (organization_id, name, payload, created_at) values ('org-1', $1, $2, now() - interval '3 d')`;
      await installation.query(insert, ['cascade-member-removal', payloads[0]]);
      await installation.query(insert, ['deliver-reminder', reminder]);
      const jobs = await openJobs(world);
      const queue = jobs.openQueue('cascade-member-removal');
      await queue.add([
        { name: 'cascade-member-removal', data: payloads[1], jobId: '1b4e28ba-2fa1-41d2-883f-0016d3cca427' },
      ]);
      await queue.close();
      await jobs.close();
      const worker = await world.startWorker();
      await world.untilRowsSay(members, 20);
      // A reminder that is not there any more is nobody's: it is done, and no dead letter.
      await awaitUntil('nothing is left', async () => (await installation.store.outbox.lagByName()).length === 0);
      expect(worker.output()).not.toContain('job failed');
    },
  );
});
