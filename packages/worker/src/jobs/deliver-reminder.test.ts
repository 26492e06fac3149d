import type { ReminderContent } from '@latchkey/store';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember } from '../../test/removal.ts';
import type { Notifier } from '../notifications/notifier.ts';
import { runSchedule } from '../schedules/run-schedule.ts';
import { runJob } from './run-job.ts';

const never = new AbortController().signal;
let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

const sent: ReminderContent[] = [];
let deliver: Notifier['deliver'];
beforeEach(() => {
  sent.length = 0;
  deliver = async (content) => {
    sent.push(content);
    return 'sent';
  };
});

/** A reminder by mail of a token that expires in 20 days, as the payload of its delivery. */
const makeReminder = async () => {
  await installation.query('update latchkey.token set expires_at = null');
  await installation.query('alter table latchkey.token disable trigger is_itself');
  const memberId = await addMember(installation, 1);
  await installation.query(
    `update latchkey.token set expires_at = now() + interval '20 d', created_at = now() - interval '60 d' where owner_id = $1`,
    [memberId],
  );
  await installation.query('alter table latchkey.token enable trigger is_itself');
  await installation.query('delete from latchkey.outbox_message');
  const deps = { store: installation.workerStore, channels: ['mail' as const], tombstoneDays: 400, usageDays: 90 };
  await runSchedule(deps, 'remind', Date.now(), never);
  const [message] = await installation.query<{ payload: { tokenId: string } }>(
    `select payload from latchkey.outbox_message where payload ->> 'channel' = 'mail'`,
  );
  return message?.payload;
};

const run = (data: unknown, notifiers: { readonly mail?: Notifier } = { mail: { deliver: (each) => deliver(each) } }) =>
  runJob(
    { store: installation.workerStore, clock: { now: () => Date.now() }, notifiers },
    { name: 'deliver-reminder', data },
    never,
  );
const settledAs = async () =>
  (
    await installation.query<{ settled_as: string | null }>(
      `select settled_as from latchkey.reminder where channel = 'mail' order by created_at desc limit 1`,
    )
  )[0]?.settled_as;

it('ONE-EFFECT: three times in series it is sent once', async () => {
  const payload = await makeReminder();
  for (let count = 0; count < 3; count += 1) expect(await run(payload)).toMatchObject({ outcome: 'done' });
  expect(sent).toHaveLength(1);
  expect(await settledAs()).toBe('sent');
});

it('ONE-EFFECT: three times in parallel it is sent once, and who is second comes again', async () => {
  const payload = await makeReminder();
  const [sending, others] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const works = deliver;
  deliver = async (content) => {
    sending.resolve();
    await others.promise;
    return works(content);
  };
  const first = run(payload);
  await sending.promise;
  const rest = await Promise.allSettled([run(payload), run(payload)]);
  expect(rest.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
    'Error: another worker has this reminder in hand',
    'Error: another worker has this reminder in hand',
  ]);
  others.resolve();
  expect(await first).toEqual({ outcome: 'done', effectCount: 1 });
  expect(await run(payload)).toEqual({ outcome: 'done', effectCount: 0 });
  expect(sent).toHaveLength(1);
});

it('what could not be sent is tried again at once, and then sent', async () => {
  const payload = await makeReminder();
  const works = deliver;
  deliver = () => Promise.reject(new Error('connect ECONNREFUSED'));
  await expect(run(payload)).rejects.toThrow(/ECONNREFUSED/);
  deliver = works;
  expect(await run(payload)).toEqual({ outcome: 'done', effectCount: 1 });
});

it('what nobody can be told by, or is not configured any more, is over and said so', async () => {
  deliver = async () => 'refused';
  const payload = await makeReminder();
  expect(await run(payload)).toEqual({ outcome: 'done', effectCount: 0 });
  expect(await settledAs()).toBe('refused');
  expect(await run(await makeReminder(), {})).toEqual({ outcome: 'done', effectCount: 0 });
  expect(await settledAs()).toBe('refused');
});

it('a token that was revoked since then is not spoken of', async () => {
  const payload = await makeReminder();
  await installation.query(`update latchkey.token set state = 'revoked', revoked_at = now() where token_id = $1`, [
    payload?.tokenId,
  ]);
  expect(await run(payload)).toEqual({ outcome: 'done', effectCount: 0 });
  expect(sent).toEqual([]);
  expect(await settledAs()).toBe('pointless');
});
