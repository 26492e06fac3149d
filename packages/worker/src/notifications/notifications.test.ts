import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostMember } from '@latchkey/core';
import type { ReminderContent } from '@latchkey/store';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { createMailCapture } from './capture-mail.ts';
import { languageOf } from './language.ts';
import { createMailNotifier } from './mail-notifier.ts';
import { isPublicAddress, PrivateAddress } from './public-address.ts';
import { sentences } from './sentences.ts';
import { parseWebhookSecrets } from './sign-webhook.ts';
import { createSmtpSender } from './smtp-sender.ts';
import type { OutgoingMail } from './tell-by-mail.ts';
import { announcementOf, toAnnouncement } from './to-announcement.ts';
import { createWebhookNotifier, type WebhookOptions } from './webhook-notifier.ts';
import { writeMail } from './write-mail.ts';

const closers: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const content: ReminderContent = {
  organizationId: 'org-1',
  tokenId: 'aB30123456789abc',
  kind: 'expiry',
  anchor: Date.UTC(2026, 4, 1, 12, 30),
  thresholdDays: 7,
  channel: 'mail',
  name: 'deploy <b>',
  tokenKind: 'personal',
  memberId: 'ada',
  expiresAt: Date.UTC(2026, 4, 1, 12, 30),
  lastUsedAt: Date.UTC(2026, 3, 20, 8, 0),
  lastUsedAddress: '192.0.2.7',
  lastUsedClient: 'terraform/1.9',
};
const publicUrl = 'https://latchkey.example/console';
const link = 'https://latchkey.example/console/integrations/access-tokens/aB30123456789abc';

const memberOf = (member: Partial<HostMember> = {}) =>
  ({ memberId: 'ada', email: 'ada@example.org', locale: 'en', status: 'active', ...member }) as HostMember;

describe('a mail', () => {
  it.each([
    ['en', 'expires at 2026-05-01 12:30 UTC', 'from 192.0.2.7, by terraform/1.9'],
    ['zh-CN', '2026-05-01 12:30 UTC 过期', '来自 192.0.2.7'],
    ['ja-JP', '2026-05-01 12:30 UTC に期限切れ', '192.0.2.7 から'],
    ['tlh', 'expires at', 'from 192.0.2.7'],
    ['../../etc', 'expires at', 'from 192.0.2.7'],
    ['', 'expires at', 'from 192.0.2.7'],
  ])('in the locale %j says what breaks, the last use, and the one link', (locale, breaks, lastUse) => {
    const mail = writeMail(toAnnouncement(content), { locale, as: 'owner' }, publicUrl);
    expect(mail.subject).toContain('deploy');
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain(breaks);
      expect(part).toContain(lastUse);
      expect(part).toContain(link);
    }
    expect(mail.text.match(/https?:/g)).toHaveLength(1);
    expect(mail.html).not.toContain('<b>');
    // Whoever reads it tells nobody: nothing is fetched, and one link leads anywhere.
    expect(mail.html.match(/href=/g)).toHaveLength(1);
    expect(mail.html).not.toMatch(/src=|url\(|@import|<script/);
  });

  it.each([
    [
      'en',
      'that is no longer accepted',
      'It came from 192.0.2.7, by old/1.0.',
      'who was removed, had ended',
      'because you removed',
    ],
    ['zh-CN', '已不再接受的密钥', '来源：192.0.2.7', '已被移除的 dana', '由您移除'],
    ['ja', 'もう受け付けられない', '提示元：192.0.2.7', '削除された dana', '削除したあなた'],
  ])('in %s tells of a late use, and of a removal with its report', (locale, late, from, ended, why) => {
    const at = Date.UTC(2026, 4, 1, 12, 30);
    const about = { organizationId: 'org-1', notificationId: 'ab'.repeat(20), about: at, memberIds: [] };
    const lateUse = announcementOf({
      ...{ ...about, kind: 'late_use', tokenId: content.tokenId, tokenName: 'deploy', administrators: false },
      ...{ count: null, address: '192.0.2.7', client: 'old/1.0' },
    });
    const used = writeMail(lateUse, { locale, as: 'owner' }, publicUrl);
    expect(used.text).toContain(late);
    expect(used.text).toContain(from);
    // What was refused is no use of the token.
    expect(used.text).not.toContain(sentences[languageOf(locale)].lastUse('', null, null).slice(0, 4));
    const fromNowhere = {
      ...lateUse,
      content: { ...lateUse.content, lastUsedAt: null, lastUsedAddress: null, lastUsedClient: null },
    };
    expect(writeMail(fromNowhere, { locale, as: 'owner' }, publicUrl).text).not.toContain(
      sentences[languageOf(locale)].neverUsed,
    );
    expect(used.text).toContain(link);
    const report = announcementOf({
      ...{ ...about, kind: 'removal_report', tokenId: null, tokenName: null, administrators: true },
      ...{ count: 12, address: null, client: null, aboutMemberId: 'dana' },
    });
    const told = writeMail(report, { locale, as: 'owner' }, publicUrl);
    expect(told.text).toContain('12');
    expect(told.text).toContain(ended);
    expect(told.text).toContain(why);
    expect(told.text).toContain('https://latchkey.example/console/members?report=dana');
  });

  it.each([
    [1, '1 access token ended with', '1 personal access token of dana'],
    [2, '2 access tokens ended with', '2 personal access tokens of dana'],
  ])('counts %i in English by the form of the word', (count, subject, text) => {
    const report = announcementOf({
      ...{ organizationId: 'org-1', notificationId: 'ab'.repeat(20), about: 0, memberIds: [], administrators: true },
      ...{ kind: 'removal_report', tokenId: null, tokenName: null, count, address: null, client: null },
      aboutMemberId: 'dana',
    });
    const mail = writeMail(report, { locale: 'en', as: 'owner' }, publicUrl);
    expect(mail.subject).toContain(subject);
    expect(mail.text).toContain(text);
  });

  it('gives no line to a name that holds one', () => {
    const mail = writeMail(
      toAnnouncement({ ...content, name: 'a\r\nBcc: eve@example.org\u2028b' }),
      { locale: 'en', as: 'owner' },
      publicUrl,
    );
    expect(mail.subject).not.toMatch(/[\r\n\u2028]/);
    expect(mail.text).toContain('a Bcc: eve@example.org b');
  });
});

describe('by SMTP', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await openInstallation();
  });
  afterAll(() => installation.close());
  afterEach(() => installation.query('delete from latchkey.notification'));

  const receive = async (refuses: (address: string) => boolean = () => false) => {
    const received: { readonly to: readonly string[]; readonly data: string }[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, done) => done(refuses(address) ? new Error('not now') : null),
      onData: (stream, session, done) => {
        let data = '';
        stream.setEncoding('utf8').on('data', (chunk: string) => (data += chunk));
        stream.on('end', () => {
          received.push({ to: session.envelope.rcptTo.map(({ address }) => address), data });
          done();
        });
      },
    });
    const listening = server.listen(0, '127.0.0.1');
    await new Promise((resolve) => listening.once('listening', resolve));
    closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return { received, url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}` };
  };
  const notifierFor = (
    url: string,
    members: readonly HostMember[],
    timeoutMs?: number,
    as: 'owner' | 'administrator' = 'owner',
  ) =>
    createMailNotifier({
      store: installation.workerStore,
      findRecipients: async () => members.filter(({ status }) => status === 'active').map((member) => ({ member, as })),
      send: createSmtpSender(url, timeoutMs),
      from: 'Latchkey <latchkey@example.org>',
      publicUrl,
      clock: { now: () => Date.now() },
    });
  const notifier = (url: string, member: Partial<HostMember> | null = {}, timeoutMs?: number) =>
    notifierFor(url, member === null ? [] : [memberOf(member)], timeoutMs);

  it('arrives once, in text and HTML, in the member’s language', async () => {
    const { received, url } = await receive();
    const mail = notifier(url, { locale: 'ja' });
    expect(await mail.deliver(content)).toBe('sent');
    expect(await mail.deliver(content)).toBe('sent');
    expect(received.map(({ to }) => to)).toEqual([['ada@example.org']]);
    expect(received[0]?.data).toMatch(/multipart\/alternative/);
    expect(received[0]?.data).toMatch(/text\/plain/);
    expect(received[0]?.data).toMatch(/text\/html/);
  });

  it('says that a program sent it, and where an administrator switches it off; an owner has no such choice', async () => {
    const { received, url } = await receive();
    await notifierFor(url, [memberOf()]).deliver(content);
    await notifierFor(url, [memberOf({ memberId: 'olivia' })], undefined, 'administrator').deliver(content);
    const [toOwner = '', toAdministrator = ''] = received.map(({ data }) => data);
    for (const data of [toOwner, toAdministrator]) expect(data).toMatch(/^auto-submitted: auto-generated\r$/im);
    expect(toAdministrator).toMatch(/^list-unsubscribe: <https:\/\/latchkey\.example\/console\/settings>\r$/im);
    expect(toOwner).not.toMatch(/list-unsubscribe/i);
  });

  it('sent and not noted, it comes again under the same id', async () => {
    const { received, url } = await receive();
    await notifier(url).deliver(content);
    await installation.query('update latchkey.notification set mailed_at = null');
    await notifier(url).deliver(content);
    const ids = received.map(({ data }) => /^message-id: (.*)$/im.exec(data)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@latchkey>/);
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it('ONE-REMINDER: a server that fails in the middle makes only the rest be tried again', async () => {
    const failing = new Set(['bob@example.org']);
    const { received, url } = await receive((address) => failing.has(address));
    const members = ['ada', 'bob', 'cyd'].map((memberId) => memberOf({ memberId, email: `${memberId}@example.org` }));
    await expect(notifierFor(url, members).deliver(content)).rejects.toThrow(/not now/);
    failing.clear();
    expect(await notifierFor(url, members).deliver(content)).toBe('sent');
    expect(received.flatMap(({ to }) => to)).toEqual(['ada@example.org', 'bob@example.org', 'cyd@example.org']);
    const ids = received.map(({ data }) => /^message-id: (.*)$/im.exec(data)?.[1]);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ['an address with a newline', { email: 'ada@example.org\r\nRCPT TO:<eve@example.org>' }],
    ['several addresses in one', { email: 'ada@example.org, eve@example.org' }],
    ['a name in front of the address', { email: 'Ada <ada@example.org>' }],
    ['no address', { email: '' }],
    ['a member who was removed', { status: 'removed' as const }],
    ['a member whom the host does not know', null],
  ])('nothing is sent to %s', async (_, member) => {
    const { received, url } = await receive();
    expect(await notifier(url, member).deliver(content)).toBe('refused');
    expect(received).toEqual([]);
  });

  it('a server that is out of reach, or says nothing, is tried again later', async () => {
    await expect(notifier('smtp://127.0.0.1:1').deliver(content)).rejects.toThrow(/ECONNREFUSED/);
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => silent.close(resolve)));
    const { port } = silent.address() as AddressInfo;
    await expect(notifier(`smtp://127.0.0.1:${port}`, {}, 100).deliver(content)).rejects.toThrow(
      /[Tt]imeout|greeting/i,
    );
  });
});

it('without SMTP a mail becomes a file that nobody else can read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-mail-'));
  closers.push(() => rm(folder, { recursive: true }));
  const send = createMailCapture(join(folder, 'mail'));
  const mail: OutgoingMail = {
    organizationId: 'org-1',
    messageId: '<00ff@latchkey>',
    from: 'latchkey@example.org',
    to: 'ada@example.org',
    subject: 'S',
    text: 'T',
    html: '<p>T</p>',
    switchOffUrl: null,
  };
  await send(mail);
  await send(mail);
  expect((await readdir(join(folder, 'mail'))).sort()).toEqual(['00fflatchkey.eml', '00fflatchkey.json']);
  const file = join(folder, 'mail', '00fflatchkey.eml');
  expect(await readFile(file, 'utf8')).toContain('To: ada@example.org');
  expect(await readFile(file, 'utf8')).not.toContain('org-1');
  const shown = join(folder, 'mail', '00fflatchkey.json');
  expect(JSON.parse(await readFile(shown, 'utf8'))).toEqual({
    ...{ organizationId: 'org-1', to: 'ada@example.org', subject: 'S', text: 'T' },
    at: expect.stringMatching(/Z$/),
  });
  for (const each of [file, shown]) expect((await stat(each)).mode & 0o777).toBe(0o600);
});

describe('by webhook', () => {
  const secretText = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const secrets = parseWebhookSecrets(secretText) ?? [];
  const now = Date.UTC(2026, 3, 24);

  const receive = async (
    answer: (server: Server, headers: IncomingHttpHeaders) => { status: number; location?: string } | null,
  ) => {
    const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        const given = answer(server, request.headers);
        if (given === null) return;
        response.writeHead(given.status, given.location === undefined ? {} : { location: given.location });
        response.end('x'.repeat(1_000_000));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    return { received, port: (server.address() as AddressInfo).port };
  };
  const notifier = (url: string, given: Partial<WebhookOptions> = {}) =>
    createWebhookNotifier({
      ...{ url, secrets, publicUrl, allowPrivate: true, clock: { now: () => now } },
      ...given,
    });

  it('arrives signed, so that its receiver can verify it, under the same id each time', async () => {
    const { received, port } = await receive(() => ({ status: 204 }));
    const webhook = notifier(`http://127.0.0.1:${port}/hook?x=1`);
    expect(await webhook.deliver({ ...content, channel: 'webhook' })).toBe('sent');
    expect(await webhook.deliver({ ...content, channel: 'webhook' })).toBe('sent');
    const [first, second] = received;
    if (first === undefined) throw new Error('nothing arrived');
    const { headers, body } = first;
    // The receiver's side of Standard Webhooks, on its own.
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(secretText.slice('whsec_'.length), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(headers['webhook-timestamp']).toBe(String(now / 1_000));
    expect(second?.headers['webhook-id']).toBe(headers['webhook-id']);
    expect(JSON.parse(body)).toEqual({
      type: 'token.expiry_reminder',
      timestamp: new Date(now).toISOString(),
      data: {
        organizationId: 'org-1',
        tokenId: 'aB30123456789abc',
        name: 'deploy <b>',
        kind: 'personal',
        memberId: 'ada',
        about: '2026-05-01T12:30:00.000Z',
        thresholdDays: 7,
        expiresAt: '2026-05-01T12:30:00.000Z',
        lastUsedAt: '2026-04-20T08:00:00.000Z',
        lastUsedAddress: '192.0.2.7',
        lastUsedClient: 'terraform/1.9',
        url: link,
      },
    });
  });

  it('is over where the receiver is gone, and tried again where it fails', async () => {
    const gone = await receive(() => ({ status: 410 }));
    expect(await notifier(`http://127.0.0.1:${gone.port}/`).deliver(content)).toBe('refused');
    const broken = await receive(() => ({ status: 500 }));
    await expect(notifier(`http://127.0.0.1:${broken.port}/`).deliver(content)).rejects.toThrow(/answered 500/);
  });

  it('follows no redirect', async () => {
    const inside = await receive(() => ({ status: 200 }));
    const outside = await receive(() => ({ status: 307, location: `http://127.0.0.1:${inside.port}/` }));
    await expect(notifier(`http://127.0.0.1:${outside.port}/`).deliver(content)).rejects.toThrow(/answered 307/);
    expect(inside.received).toEqual([]);
  });

  it('waits for no receiver that hangs', async () => {
    const { port } = await receive(() => null);
    const hanging = notifier(`http://127.0.0.1:${port}/`, { timeoutMs: 100 }).deliver(content);
    await expect(hanging).rejects.toThrow(/aborted|timeout/i);
  });

  it('reaches no private address, by number or by name, and asks for the name once', async () => {
    const { received, port } = await receive(() => ({ status: 200 }));
    const strict = (host: string, resolve?: WebhookOptions['resolve']) =>
      notifier(`https://${host}:${port}/`, { allowPrivate: false, ...(resolve && { resolve }) }).deliver(content);
    for (const host of ['127.0.0.1', '[::1]', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]', '169.254.169.254']) {
      await expect(strict(host)).rejects.toThrow(PrivateAddress);
    }
    await expect(strict('localhost')).rejects.toThrow(PrivateAddress);
    const mixed = async () => [
      { address: '198.51.99.1', family: 4 },
      { address: '10.0.0.7', family: 4 },
    ];
    await expect(strict('rebound.example', mixed)).rejects.toThrow(PrivateAddress);
    await expect(notifier(`http://8.8.8.8:${port}/`, { allowPrivate: false }).deliver(content)).rejects.toThrow(
      /https/,
    );
    expect(received).toEqual([]);

    // The name is asked once; where it leads later does not matter.
    let askedCount = 0;
    const pinned = notifier(`http://receiver.invalid:${port}/`, {
      resolve: async () => {
        askedCount += 1;
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    expect(await pinned.deliver(content)).toBe('sent');
    expect(askedCount).toBe(1);
    expect(received[0]?.headers.host).toBe(`receiver.invalid:${port}`);
  });

  it.each([
    ...['10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1', 'fe80::1'],
    ...['fd00::1', '::', '64:ff9b::a00:1', '2002:a00:1::', '::ffff:8.8.8.8', 'not an address'],
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(['8.8.8.8', '2606:4700:4700::1111', '172.32.0.1'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it('while one secret takes another’s place, a receiver that knows either can verify it', async () => {
    const { received, port } = await receive(() => ({ status: 204 }));
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const both = parseWebhookSecrets(`${other},${secretText}`) ?? [];
    await notifier(`http://127.0.0.1:${port}/`, { secrets: both }).deliver({ ...content, channel: 'webhook' });
    const { headers, body } = received[0] ?? expect.fail('nothing arrived');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    for (const text of [other, secretText]) {
      const key = Buffer.from(text.slice('whsec_'.length), 'base64');
      expect(String(headers['webhook-signature']).split(' ')).toContain(
        `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
      );
    }
  });

  it.each(['', 'whsec_', 'whsec_short', `whsec_${'A'.repeat(200)}`, 'secret', `${secretText}\n`, `${secretText},`])(
    'a secret like %j is none',
    (text) => expect(parseWebhookSecrets(text)).toBeNull(),
  );
});
