import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type Database } from '@latchkey/embedded';
import { sealAuditEvents } from '@latchkey/store';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { authenticateCredential } from '../../src/authenticate/authenticate-credential.ts';
import { authenticateToken } from '../../src/authenticate/authenticate-token.ts';
import { type CommandDeps, openDeps } from '../../src/commands/open-deps.ts';
import { operatorEvent } from '../../src/commands/operator-event.ts';
import { runServerCommand } from '../../src/commands/program.ts';
import { parseEnv } from '../../src/env.ts';
import { createLogger } from '../../src/logger.ts';
import { nodeCrypto } from '../../src/node-crypto.ts';
import { signIn } from '../../src/session/sign-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-commands-'));
let database: Database;
let deps: CommandDeps;
let close: () => Promise<void>;
let environment: Record<string, string>;

const run = async (args: readonly string[], more: Record<string, string> = {}) => {
  let out = '';
  let err = '';
  const code = await runServerCommand(args, {
    readEnv: (purpose) => parseEnv({ ...environment, ...more }, purpose),
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    untilStopped: () => Promise.resolve('the test'),
  });
  return { code, out, err };
};
const json = async (args: readonly string[]) => {
  const { code, out, err } = await run([...args, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'), 'api_commands');
  environment = {
    DATABASE_URL: database.url,
    DATABASE_ADMIN_URL: database.url,
    LATCHKEY_DATA_DIR: join(folder, 'data'),
    LATCHKEY_PUBLIC_URL: 'http://127.0.0.1:3000',
  };
});
afterAll(async () => {
  await close?.();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('before the migration', () => {
  it('a command says what to run, and fails', async () => {
    for (const args of [['init', '--demo'], ['serve'], ['credential', 'list'], ['sign-in-link', '--all']]) {
      const { code, err, out } = await run(args, { LATCHKEY_LOG_LEVEL: 'silent', LATCHKEY_PORT: '0' });
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/run `latchkey-server migrate`/);
    }
  });

  it('migrate needs the privileged URL, and says so', async () => {
    const { code, err } = await run(['migrate'], { DATABASE_ADMIN_URL: '' });
    expect([code, err]).toEqual([2, expect.stringContaining('DATABASE_ADMIN_URL is missing')]);
  });

  it('migrate runs what is pending, and then nothing', async () => {
    const { applied } = await json(['migrate']);
    expect(applied.length).toBeGreaterThan(3);
    expect(await json(['migrate'])).toEqual({ applied: [] });
    const opened = parseEnv(environment);
    if (!opened.ok) throw new Error('environment');
    ({ deps, close } = await openDeps(opened.env, createLogger('silent')));
  });
});

describe('asked wrongly', () => {
  it.each([
    [['frobnicate']],
    [['init']],
    [['init', '--demo', '--organization', 'x']],
    [['init', '--organization', 'x', '--owner-email', 'nobody']],
    [['init', '--organization', 'x', '--owner-email', 'a@b.example', '--id', 'a b']],
    [['init', '--organization', 'x', '--owner-email', 'a@b.example', '--dialect', 'aws']],
    [['credential', 'verifier']],
    [['credential', 'verifier', '--name', 'a\u0007b']],
    [['credential', 'revoke']],
    [['sign-in-link', '--organization', 'acme']],
    [['sign-in-link', '--all', '--member', 'x']],
    [['serve', 'now']],
    [['migrate', '--downwards']],
    [['erase-personal-data', '--organization', 'acme', '--member', 'ada']],
  ])('%j ends with 2 and a sentence on standard error', async (args) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.length).toBeGreaterThan(10);
  });

  it('a broken environment ends with 2 and names every variable', async () => {
    const { code, err } = await run(['serve'], { LATCHKEY_PORT: 'x', LATCHKEY_ENV: 'production' });
    expect(code).toBe(2);
    for (const name of ['LATCHKEY_PORT', 'LATCHKEY_PEPPERS', 'LATCHKEY_SIGN_IN']) expect(err).toContain(name);
  });

  it.each([
    [['--help']],
    [['serve', '--help']],
    [['migrate', '--help']],
    [['init', '--help']],
    [['credential', 'verifier', '--help']],
    [['sign-in-link', '--help']],
  ])('%j prints help on standard output and ends with 0', async (args) => {
    const { code, out, err } = await run(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Usage: latchkey-server');
  });
});

describe('init --demo', () => {
  it('seeds both organizations, and tells the token of the demo developer the first time only', async () => {
    const first = await json(['init', '--demo']);
    expect(first.organizations.map(({ id, dialect }: { id: string; dialect: string }) => [id, dialect])).toEqual([
      ['acme', 'featbit'],
      ['globex', 'launchdarkly'],
    ]);
    expect(first.organizations[0].members[0]).toEqual({
      id: 'olivia',
      name: 'Olivia Owner',
      email: 'olivia@acme.example',
      role: 'Owner',
    });
    const found = await authenticateToken(deps, { text: first.demoToken, address: null, client: null });
    expect(found).toMatchObject({
      accepted: true,
      principal: { token: { name: 'Demo token', kind: 'personal', ownerId: 'dana' } },
    });

    const second = await json(['init', '--demo']);
    expect(second).toEqual({ organizations: first.organizations });
    const events = await deps.store.audit.list('acme', { filter: { action: 'token.issued' }, limit: 10 });
    expect(events).toHaveLength(1);
    expect(await deps.store.audit.list('acme', { filter: { action: 'organization.created' }, limit: 10 })).toHaveLength(
      1,
    );
  });

  it('does not bring back what was taken away since', async () => {
    const [token] = await deps.store.tokens.list('acme', {
      filter: {},
      sort: 'createdAt',
      direction: 'asc',
      limit: 1,
      now: Date.now(),
    });
    await deps.store.unitOfWork.run(async (tx) => {
      await deps.store.tokens.update(tx, 'acme', token?.tokenId ?? '', token?.revision ?? 0, {
        name: 'renamed',
        nameKey: 'renamed',
      });
      await deps.directory.members.remove(tx, 'acme', 'bea');
    });
    const report = await json(['init', '--demo']);
    expect(report.demoToken).toBeUndefined();
    expect(report.organizations[0].members.map(({ id }: { id: string }) => id)).not.toContain('bea');
  });
});

describe('init --organization', () => {
  it('creates an organization whose Owner signs in by the link', async () => {
    const made = await json([
      'init',
      '--organization',
      'Größe & Co.',
      '--owner-email',
      'o@example.com',
      '--owner-name',
      'Ola',
    ]);
    expect(made.organizationId).toBe('gro-e-co');
    const link = new URL(made.url).searchParams.get('link');
    const call = { requestId: 'r', address: null, client: null };
    const result = await signIn(deps, { link, formerSecret: null, call });
    expect(result).toMatchObject({
      signedIn: true,
      organizationId: made.organizationId,
      member: { memberId: made.memberId, name: 'Ola' },
    });
    const owner = await deps.directory.members.find(made.organizationId, made.memberId);
    expect(owner?.policies.map(({ name }) => name)).toEqual(['Owner']);
  });

  it('fails where there is one of that id, and changes nothing of it', async () => {
    const { code, err } = await run([
      'init',
      '--organization',
      'Other',
      '--id',
      'acme',
      '--owner-email',
      'o@example.com',
    ]);
    expect([code, err]).toEqual([1, expect.stringContaining('There is an organization acme already')]);
    expect((await deps.store.organizations.find('acme'))?.name).toBe('Acme');
  });
});

describe('credential', () => {
  it('verifier is told once, is good for what it is limited to, and is audited', async () => {
    const made = await json(['credential', 'verifier', '--name', 'flags', '--organization', 'acme', 'globex']);
    expect(await authenticateCredential(deps, { text: made.credential })).toMatchObject({
      accepted: true,
      principal: {
        credential: {
          credentialId: made.credentialId,
          role: 'verifier',
          name: 'flags',
          organizationIds: ['acme', 'globex'],
        },
      },
    });
    for (const trail of ['*', 'acme', 'globex']) {
      const events = await deps.store.audit.list(trail, {
        filter: { action: 'credential.issued', targetId: made.credentialId },
        limit: 5,
      });
      expect(events).toHaveLength(1);
      expect(JSON.stringify(events)).not.toContain(made.credential.slice(24, 60));
    }
  });

  it('verifier --save writes a file for its owner alone, replacing one that others could read', async () => {
    const file = join(folder, 'credential');
    writeFileSync(file, 'old', { mode: 0o644 });
    const { out } = await run(['credential', 'verifier', '--name', 'saved', '--save', file]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8').trim();
    expect(out).not.toContain(text.slice(24, 60));
    expect(await authenticateCredential(deps, { text })).toMatchObject({ accepted: true });
  });

  it('verifier that can not be saved, or names no organization, is not issued', async () => {
    const before = (await deps.store.credentials.list()).length;
    const nowhere = await run(['credential', 'verifier', '--name', 'x', '--save', join(folder, 'no/such/folder/file')]);
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining("can't be written")]);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const device = await run(['credential', 'verifier', '--name', 'x', '--save', pipe]);
    expect([device.code, device.err]).toEqual([1, expect.stringContaining('no plain file')]);
    expect(statSync(pipe).isFIFO()).toBe(true);
    const file = join(folder, 'unused');
    const unknown = await run(['credential', 'verifier', '--name', 'x', '--organization', 'nobody', '--save', file]);
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('no organization nobody')]);
    expect(existsSync(file)).toBe(false);
    expect(await deps.store.credentials.list()).toHaveLength(before);
  });

  it('revoke ends it for good; list says so, and never shows a secret', async () => {
    const { credentialId, credential } = await json(['credential', 'verifier', '--name', 'to revoke']);
    expect((await run(['credential', 'revoke', credentialId])).code).toBe(0);
    expect((await run(['credential', 'revoke', credentialId])).code).toBe(0);
    expect(await authenticateCredential(deps, { text: credential })).toEqual({ accepted: false, status: 401 });
    const { out } = await run(['credential', 'list']);
    expect(out).toMatch(new RegExp(`${credentialId}.*revoked.*to revoke`));
    expect(out).not.toContain(credential.slice(24, 60));
    expect((await run(['credential', 'revoke', '0000000000000000'])).code).toBe(1);
    const events = await deps.store.audit.list('*', { filter: { action: 'credential.revoked' }, limit: 5 });
    expect(events).toHaveLength(1);
  });
});

describe('sign-in-link', () => {
  it('makes a link for one member, or for every active one', async () => {
    expect((await json(['sign-in-link', '--organization', 'acme', '--member', 'olivia'])).url).toMatch(
      /^http:\/\/127\.0\.0\.1:3000\/sign-in\?link=[A-Za-z0-9_-]{43}$/,
    );
    const all = await json(['sign-in-link', '--all']);
    const names = all.map(({ organizationId, memberId }: Record<string, string>) => `${organizationId}/${memberId}`);
    expect(names).toEqual(expect.arrayContaining(['acme/dana', 'globex/gina']));
    expect(names).not.toContain('acme/bea');
    expect(new Set(all.map(({ url }: { url: string }) => url)).size).toBe(all.length);
    const one = await json(['sign-in-link', '--all', '--organization', 'globex']);
    expect(new Set(one.map(({ organizationId }: Record<string, string>) => organizationId))).toEqual(
      new Set(['globex']),
    );
  });

  it('makes none for somebody unknown or removed, and none where nobody signs in', async () => {
    for (const [member, because] of [
      ['nobody', 'no such member'],
      ['bea', 'has been removed'],
    ] as const) {
      const { code, out, err } = await run(['sign-in-link', '--organization', 'acme', '--member', member]);
      expect([code, out, err]).toEqual([1, '', expect.stringContaining(because)]);
    }
    const none = await run(['sign-in-link', '--all'], { LATCHKEY_SIGN_IN: 'none' });
    expect([none.code, none.out]).toEqual([1, '']);
    expect((await run(['sign-in-link', '--all', '--organization', 'nobody'])).code).toBe(1);
  });
});

it('an unreachable database is one sentence, without its password', async () => {
  const url = 'postgresql://me:hunter2@127.0.0.1:1/none';
  for (const args of [['init', '--demo'], ['migrate'], ['serve']]) {
    const { code, out, err } = await run(args, {
      DATABASE_URL: url,
      DATABASE_ADMIN_URL: url,
      LATCHKEY_LOG_LEVEL: 'silent',
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^latchkey-server: The database can't be used[^\n]*\n$/);
    expect(err).not.toContain('hunter2');
  }
});

describe('restored', () => {
  it('says what it would end, and ends it only when it is told to', async () => {
    const { credential: text, credentialId } = await json(['credential', 'operator', '--name', 'on call']);
    const accepted = async () => (await authenticateCredential(deps, { text })).accepted;
    const asked = await run(['restored', '--json']);
    expect([asked.code, asked.err]).toEqual([1, expect.stringContaining('--yes')]);
    expect(JSON.parse(asked.out)).toMatchObject({ done: false, credentials: expect.any(Number), lastRunAt: null });
    expect(await accepted()).toBe(true);

    expect(await json(['restored', '--yes'])).toMatchObject({ done: true, settledMs: expect.any(Number) });
    expect(await accepted()).toBe(false);
    const { out } = await run(['credential', 'list']);
    expect(out.split('\n').find((line) => line.startsWith(credentialId))).toContain('recalled');
    // Said again, it would end what was issued since: it says so before.
    expect((await run(['restored'])).out).toMatch(/was last done at \d{4}-.*there is no need to do it again/s);
  });
});

describe('erase-personal-data', () => {
  const args = ['erase-personal-data', '--organization', 'acme', '--member', 'ada', '--reason', 'asked for it'];
  const keys = [{ id: 'audit-1', bytes: nodeCrypto.sha256('audit-1') }] as const;

  it('asks for the privileged URL and for --yes, and then erases what is sealed', async () => {
    await deps.store.unitOfWork.run((tx) =>
      deps.store.audit.append(tx, [
        {
          ...operatorEvent('acme', Date.now(), 'token.issued', { type: 'token', id: 't' }),
          actor: { type: 'member', id: 'ada' },
          address: '192.0.2.99',
        },
      ]),
    );
    await vi.waitUntil(async () => {
      await sealAuditEvents(deps.store, { crypto: nodeCrypto, keys }, 1_000);
      return (await deps.store.auditChain.waiting('acme')).count === 0;
    }, 30_000);
    const addresses = async () =>
      (await deps.store.audit.list('acme', { filter: { actorId: 'ada' }, limit: 10 })).map(({ address }) => address);

    expect((await run(args, { DATABASE_ADMIN_URL: '' })).code).toBe(2);
    const refused = await run(args);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--yes')]);
    expect(await addresses()).toEqual(['192.0.2.99']);
    expect(await json([...args, '--yes'])).toEqual({ erasedCount: 1 });
    expect(await addresses()).toEqual([null]);
  });
});

describe('reconciliation', () => {
  const args = ['reconciliation', '--organization', 'acme'];
  const hold = (missingIds: readonly string[]) =>
    deps.store.unitOfWork.run((tx) =>
      deps.store.reconciliations.save(tx, {
        ...{ organizationId: 'acme', comparedAt: Date.UTC(2026, 4, 1), ownerCount: 20, outcome: 'held' as const },
        missingIds,
      }),
    );

  it('says what is held back, and confirms exactly that, with an audit event', async () => {
    const nothing = await run(args);
    expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('Nothing has been compared')]);
    await hold(['ada', 'bob']);
    const { code, out } = await run(args);
    expect([code, out]).toEqual([0, expect.stringMatching(/2 of them[\s\S]*\n {2}ada\n {2}bob\n[\s\S]*--confirm/)]);
    expect(await json(args)).toMatchObject({ outcome: 'held', missingIds: ['ada', 'bob'], confirmed: false });
    expect(await json([...args, '--confirm'])).toMatchObject({ confirmedCount: 2 });
    expect(await deps.store.reconciliations.find('acme')).toMatchObject({ confirmedIds: ['ada', 'bob'] });
    const [event] = await deps.store.audit.list('acme', {
      filter: { action: 'organization.removals_confirmed' },
      limit: 1,
    });
    expect(event).toMatchObject({ actor: { type: 'operator' }, details: { memberIds: ['ada', 'bob'] } });
  });

  it('confirms nothing where nothing is held', async () => {
    await deps.store.unitOfWork.run((tx) =>
      deps.store.reconciliations.save(tx, {
        ...{ organizationId: 'acme', comparedAt: 1, ownerCount: 20, outcome: 'done' as const, missingIds: [] },
      }),
    );
    const refused = await run([...args, '--confirm']);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('Nothing is held back')]);
  });
});
