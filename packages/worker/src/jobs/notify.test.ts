import { createMemoryHost, featbitCatalogue } from '@latchkey/host';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember } from '../../test/removal.ts';
import { createAnnounce } from '../notifications/announce.ts';
import { createFindRecipients } from '../notifications/find-recipients.ts';
import { openNotifiers } from '../notifications/open-notifiers.ts';
import type { OutgoingMail } from '../notifications/tell-by-mail.ts';
import { runJob } from './run-job.ts';

const never = new AbortController().signal;
const clock = { now: () => Date.now() };
let installation: Installation;
const memory = createMemoryHost();
beforeAll(async () => {
  installation = await openInstallation();
  memory.putOrganization(installation.organizationId, featbitCatalogue);
  memory.putPolicy(installation.organizationId, {
    id: 'admin',
    name: 'admin',
    statements: [{ effect: 'allow', actions: ['CanManageIAM'], resources: ['iam/*'] }],
  });
});
afterAll(() => installation.close());
beforeEach(() => installation.query('delete from latchkey.notification'));

const put = (memberId: string, policyIds: readonly string[] = []) =>
  memory.putMember(installation.organizationId, {
    ...{ memberId, email: `${memberId}@acme.example`, name: memberId, locale: 'en', memberSince: 0, policyIds },
  });
const payload = (given: object = {}) => ({
  organizationId: installation.organizationId,
  notificationId: 'ab'.repeat(20),
  kind: 'members_missing',
  tokenId: null,
  tokenName: null,
  memberIds: [],
  administrators: true,
  about: Date.UTC(2026, 2, 1),
  count: 12,
  address: null,
  client: null,
  ...given,
});
const told = () =>
  installation.query<{ member_id: string; kind: string; token_id: string | null }>(
    'select member_id, kind, token_id from latchkey.notification order by member_id',
  );

it('ONE-EFFECT: three times in series and in parallel, each administrator is told once, here and by mail', async () => {
  put('olivia', ['admin']);
  put('zoe', ['admin']);
  put('rita');
  const sent: OutgoingMail[] = [];
  const store = installation.workerStore;
  const findRecipients = createFindRecipients({ host: memory.host, clock });
  const announce = createAnnounce({
    ...{ store, findRecipients, clock },
    mailbox: {
      ...{ store, clock, from: 'latchkey@acme.example', publicUrl: 'https://latchkey.example' },
      send: async (mail) => void sent.push(mail),
    },
  });
  const run = (data: unknown) => runJob({ store, clock, notifiers: {}, announce }, { name: 'notify', data }, never);
  for (const count of [2, 0, 0]) expect(await run(payload())).toEqual({ outcome: 'done', effectCount: count });
  expect((await told()).map(({ member_id }) => member_id)).toEqual(['olivia', 'zoe']);
  expect(sent.map(({ to }) => to)).toEqual(['olivia@acme.example', 'zoe@acme.example']);
  expect(sent[0]?.text).toContain('https://latchkey.example/members');
  expect(sent[0]?.text).toContain('12 members');

  const other = payload({ notificationId: 'cd'.repeat(20) });
  const results = await Promise.all([run(other), run(other), run(other)]);
  const effects = results.map((result) => ('effectCount' in result ? result.effectCount : 0));
  expect(effects.reduce((sum, each) => sum + each)).toBe(2);
  expect(await told()).toHaveLength(4);
});

it('a reminder is told in the console, to whom the organization has chosen, under the id of its mail', async () => {
  const memberId = await addMember(installation, 1);
  put(memberId);
  put('olivia', ['admin']);
  const settle = (told: object) =>
    installation.query(
      `insert into latchkey.settings (organization_id, chosen, revision) values ($1, $2, 1)
       on conflict (organization_id) do update set chosen = $2`,
      [installation.organizationId, { told }],
    );
  const [token] = await installation.query<{ token_id: string }>(
    `update latchkey.token set expires_at = now() + interval '2 d' where owner_id = $1 returning token_id`,
    [memberId],
  );
  const { notifiers } = openNotifiers(
    { publicUrl: null, smtpUrl: null, from: '', webhook: null },
    { store: installation.workerStore, host: memory.host, clock, dataFolder: null, production: true },
  );
  const deliver = async (thresholdDays: number) => {
    await installation.query(
      `insert into latchkey.reminder (organization_id, token_id, kind, anchor, threshold_days, channel, created_at)
       select organization_id, token_id, 'expiry', expires_at, $2, 'console', now() from latchkey.token where token_id = $1`,
      [token?.token_id, thresholdDays],
    );
    const [{ data } = { data: null }] = await installation.query<{ data: unknown }>(
      `select jsonb_build_object('organizationId', organization_id, 'tokenId', token_id, 'kind', kind,
         'anchor', round(date_part('epoch', anchor) * 1000), 'thresholdDays', threshold_days, 'channel', channel) as data
         from latchkey.reminder where threshold_days = $1`,
      [thresholdDays],
    );
    await runJob({ store: installation.workerStore, clock, notifiers }, { name: 'deliver-reminder', data }, never);
    const [row] = await installation.query<{ settled_as: string }>(
      'select settled_as from latchkey.reminder where threshold_days = $1',
      [thresholdDays],
    );
    return { settledAs: row?.settled_as, told: (await told()).map(({ member_id }) => member_id) };
  };
  await settle({ owner: true, administrators: false });
  expect(await deliver(7)).toEqual({ settledAs: 'sent', told: [memberId] });
  expect(await told()).toMatchObject([{ kind: 'expiry', token_id: token?.token_id }]);
  await installation.query('delete from latchkey.notification');
  await settle({ owner: true, administrators: true });
  expect(await deliver(6)).toEqual({ settledAs: 'sent', told: [memberId, 'olivia', 'zoe'].sort() });
  await installation.query('delete from latchkey.notification');
  await settle({ owner: false, administrators: false });
  expect(await deliver(5)).toEqual({ settledAs: 'refused', told: [] });
});
