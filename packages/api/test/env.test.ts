import { describe, expect, it } from 'vitest';
import { type EnvResult, parseEnv } from '../src/env.ts';

const key = Buffer.alloc(32, 7).toString('base64url');
const PRODUCTION = {
  LATCHKEY_ENV: 'production',
  DATABASE_URL: 'postgresql://latchkey_api:pw@db.example/latchkey',
  LATCHKEY_PEPPERS: `p:${key}`,
  LATCHKEY_TAG_KEYS: `t:${key}`,
  LATCHKEY_CURSOR_KEYS: `c:${key}`,
  LATCHKEY_PUBLIC_URL: 'https://latchkey.example',
  LATCHKEY_SIGN_IN: 'none',
};
const refused = (result: EnvResult) => (result.ok ? [] : result.problems.map(({ variable }) => variable));
const messages = (result: EnvResult) => (result.ok ? '' : result.problems.map(({ message }) => message).join('\n'));

describe('with nothing set', () => {
  it('it is the development default: this machine only, sign-in by links, prefix lk', () => {
    expect(parseEnv({})).toMatchObject({
      ok: true,
      env: {
        production: false,
        host: '127.0.0.1',
        port: 3000,
        metricsPort: null,
        prefixes: ['lk'],
        signIn: 'links',
        keys: null,
        databaseUrl: null,
        trustedProxyCount: 0,
        verifierRegistrationCount: 64,
        verifierEntryCount: 1_000_000,
        verifierMegabytes: 512,
      },
    });
  });

  it('mail is captured beside the keys, unless a server sends it, and never in production', () => {
    const folderOf = (given: Record<string, string>) => {
      const result = parseEnv({ LATCHKEY_DATA_DIR: '/data', ...given });
      return result.ok ? result.env.mailFolder : 'refused';
    };
    expect(folderOf({})).toBe('/data/mail');
    expect(folderOf({ LATCHKEY_SMTP_URL: 'smtp://mail:25' })).toBeNull();
    expect(folderOf(PRODUCTION)).toBeNull();
  });

  it('the board is told of where its address and its organization are given, and half of that is refused', () => {
    const board = { LATCHKEY_BOARD_URL: 'https://latchkey.example/jobs', LATCHKEY_BOARD_ORGANIZATION: 'acme' };
    expect(parseEnv({})).toMatchObject({ ok: true, env: { board: null } });
    expect(parseEnv(board)).toMatchObject({
      ok: true,
      env: { board: { url: 'https://latchkey.example/jobs', organizationId: 'acme' } },
    });
    // A worker's variable, which the server may be given too.
    expect(parseEnv({ LATCHKEY_BOARD_ORGANIZATION: 'acme' })).toMatchObject({ ok: true, env: { board: null } });
    expect(refused(parseEnv({ LATCHKEY_BOARD_URL: board.LATCHKEY_BOARD_URL }))).toEqual([
      'LATCHKEY_BOARD_ORGANIZATION',
    ]);
    for (const url of ['javascript:alert(1)', 'http://latchkey.example/jobs', 'jobs']) {
      expect(refused(parseEnv({ ...board, LATCHKEY_BOARD_URL: url }))).toEqual(['LATCHKEY_BOARD_URL']);
    }
  });

  it('an empty variable is one that is not set', () => {
    expect(parseEnv({ LATCHKEY_PORT: '', LATCHKEY_ENV: '', DATABASE_URL: '' })).toEqual(parseEnv({}));
  });
});

describe('production refuses to start without', () => {
  it('is content with all of them', () => {
    expect(parseEnv(PRODUCTION)).toMatchObject({
      ok: true,
      env: { production: true, signIn: 'none', publicUrl: 'https://latchkey.example' },
    });
  });

  it.each([
    'DATABASE_URL',
    'LATCHKEY_PEPPERS',
    'LATCHKEY_TAG_KEYS',
    'LATCHKEY_CURSOR_KEYS',
    'LATCHKEY_PUBLIC_URL',
    'LATCHKEY_SIGN_IN',
  ])('%s, which is named, with how to make a value', (variable) => {
    const result = parseEnv({ ...PRODUCTION, [variable]: undefined });
    expect(refused(result)).toEqual([variable]);
    expect(messages(result).length).toBeGreaterThan(30);
  });

  it('all at once, so that nobody mends them one by one', () => {
    expect(refused(parseEnv({ LATCHKEY_ENV: 'production' }))).toEqual([
      'DATABASE_URL',
      'LATCHKEY_PEPPERS',
      'LATCHKEY_TAG_KEYS',
      'LATCHKEY_CURSOR_KEYS',
      'LATCHKEY_PUBLIC_URL',
      'LATCHKEY_SIGN_IN',
    ]);
  });

  it('OIDC, which does not exist yet: links are no sign-in for production, and it says so', () => {
    const result = parseEnv({ ...PRODUCTION, LATCHKEY_SIGN_IN: 'links' });
    expect(refused(result)).toEqual(['LATCHKEY_SIGN_IN']);
    expect(messages(result)).toMatch(/no OIDC yet.*authenticateMember/s);
  });

  it('but a migration needs no keys, and a command no sign-in', () => {
    expect(parseEnv({ LATCHKEY_ENV: 'production', DATABASE_ADMIN_URL: 'postgres://p@db/l' }, 'migrate').ok).toBe(true);
    expect(parseEnv({ ...PRODUCTION, LATCHKEY_SIGN_IN: undefined }, 'command')).toMatchObject({
      ok: true,
      env: { signIn: 'none' },
    });
    expect(refused(parseEnv({ ...PRODUCTION, LATCHKEY_PEPPERS: undefined }, 'command'))).toEqual(['LATCHKEY_PEPPERS']);
  });
});

describe('a value that can not be worked with is refused by the name of its variable', () => {
  it.each([
    ['LATCHKEY_ENV', 'prod'],
    ['DATABASE_URL', 'mysql://root@db/latchkey'],
    ['LATCHKEY_AUDIT_KEYS', 'audit-1:short'],
    ['DATABASE_DIRECT_URL', 'nonsense'],
    ['DATABASE_ADMIN_URL', 'http://db'],
    ['LATCHKEY_API_DB_PASSWORD', 'short'],
    ['LATCHKEY_PORT', '70000'],
    ['LATCHKEY_PORT', '-1'],
    ['LATCHKEY_PORT', '3000x'],
    ['LATCHKEY_METRICS_PORT', '70000'],
    ['LATCHKEY_LOG_LEVEL', 'loud'],
    ['LATCHKEY_TOKEN_PREFIXES', 'LK'],
    ['LATCHKEY_TOKEN_PREFIXES', 'lk,lk'],
    ['LATCHKEY_TOKEN_PREFIXES', 'lk,'],
    ['LATCHKEY_TRUSTED_PROXY_COUNT', 'all'],
    ['LATCHKEY_VERIFIER_REGISTRATIONS', '0'],
    ['LATCHKEY_VERIFIER_AGE_SECONDS', '0'],
    ['LATCHKEY_VERIFIER_ENTRIES', '999'],
    ['LATCHKEY_VERIFIER_MEGABYTES', '65537'],
    ['LATCHKEY_SIGN_IN', 'password'],
    ['LATCHKEY_PUBLIC_URL', 'http://latchkey.example'],
    ['LATCHKEY_PUBLIC_URL', 'http://127.0.0.1.evil.example'],
    ['LATCHKEY_PUBLIC_URL', 'https://user:pw@latchkey.example'],
    ['LATCHKEY_PUBLIC_URL', 'https://latchkey.example/?x=1'],
    ['LATCHKEY_PUBLIC_URL', 'latchkey.example'],
  ])('%s=%s', (variable, value) => {
    expect(refused(parseEnv({ [variable]: value }))).toEqual([variable]);
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost', 'http://[::1]:1', 'https://a.example/latchkey/'])(
    '%s is a public URL',
    (url) => {
      expect(parseEnv({ LATCHKEY_PUBLIC_URL: url })).toMatchObject({
        ok: true,
        env: { publicUrl: url.replace(/\/$/, '') },
      });
    },
  );

  it('one key ring alone is refused: the others would come from somewhere else', () => {
    expect(refused(parseEnv({ LATCHKEY_PEPPERS: `p:${key}` }))).toEqual(['LATCHKEY_TAG_KEYS', 'LATCHKEY_CURSOR_KEYS']);
  });

  it('without repeating it: it may be a password or a key', () => {
    const result = parseEnv({
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      LATCHKEY_PEPPERS: 'p:hunter2',
      LATCHKEY_API_DB_PASSWORD: 'hunter2',
    });
    expect(refused(result)).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'LATCHKEY_PEPPERS', 'LATCHKEY_API_DB_PASSWORD']),
    );
    expect(messages(result)).not.toContain('hunter2');
  });
});
