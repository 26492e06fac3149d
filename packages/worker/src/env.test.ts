import { expect, it } from 'vitest';
import { readEnvironment } from './env.ts';

const DATABASE_URL = 'postgresql://latchkey_worker:hunter2@db:5432/latchkey';

it('a database is all that has to be named', () => {
  expect(readEnvironment({ DATABASE_URL, REDIS_URL: '' })).toEqual({
    ok: true,
    configuration: {
      databaseUrl: DATABASE_URL,
      databaseDirectUrl: DATABASE_URL,
      redis: null,
      production: false,
      auditKeys: null,
      dataFolder: null,
      notifications: { publicUrl: null, smtpUrl: null, from: 'Latchkey <latchkey@localhost>', webhook: null },
      removalShare: 0.1,
      tombstoneDays: 400,
      usageDays: 90,
      logLevel: 'info',
      otlpEndpoint: null,
      board: null,
      healthPort: null,
    },
  });
});

it('a missing database is refused with the name of the variable and what to put there', () => {
  const read = readEnvironment({});
  expect(read.ok ? [] : read.problems).toEqual([
    expect.stringMatching(/^DATABASE_URL is missing: .*latchkey-server migrate/),
  ]);
});

it.each([
  ['DATABASE_URL', 'mysql://root:hunter2@db/latchkey'],
  ['DATABASE_DIRECT_URL', 'hunter2'],
  ['REDIS_URL', 'http://:hunter2@cache'],
  ['REDIS_URL', 'redis://:hunter2@a,hunter2'],
  ['REDIS_CLUSTER', 'hunter2'],
  ['REDIS_SENTINEL_NAME', 'hunter2 '],
  ['LATCHKEY_ENV', 'hunter2'],
  ['LATCHKEY_LOG_LEVEL', 'hunter2'],
  ['LATCHKEY_AUDIT_KEYS', 'audit-1:hunter2'],
  ['LATCHKEY_AUDIT_KEYS', 'hunter2'],
  ['LATCHKEY_PUBLIC_URL', 'ftp://hunter2'],
  ['LATCHKEY_SMTP_URL', 'https://hunter2'],
  ['LATCHKEY_MAIL_FROM', 'hunter2\r\nBcc: eve@example.org'],
  ['LATCHKEY_WEBHOOK_URL', 'hunter2'],
  ['LATCHKEY_WEBHOOK_SECRET', 'hunter2'],
  ['LATCHKEY_WEBHOOK_PRIVATE', 'hunter2'],
  ['LATCHKEY_REMOVAL_PERCENT', '101'],
  ['LATCHKEY_REMOVAL_PERCENT', 'hunter2'],
  ['LATCHKEY_USAGE_DAYS', '0'],
  ['LATCHKEY_TOMBSTONE_DAYS', '29'],
  ['LATCHKEY_TOMBSTONE_DAYS', 'hunter2'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'hunter2'],
  ['LATCHKEY_BOARD_PORT', 'hunter2'],
  ['LATCHKEY_BOARD_ORGANIZATION', 'hunter2 '],
  ['LATCHKEY_SERVER_URL', 'hunter2'],
  ['LATCHKEY_WORKER_PORT', '70000'],
  ['LATCHKEY_WORKER_PORT', 'hunter2'],
])('a bad %s is refused by name, without repeating the value', (name, value) => {
  const read = readEnvironment({ DATABASE_URL, [name]: value });
  const problems = read.ok ? [] : read.problems;
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name} `));
  expect(problems[0]).not.toContain('hunter2');
});

it('production takes audit keys from the environment alone, and says how to make one', () => {
  const refused = readEnvironment({ DATABASE_URL, LATCHKEY_ENV: 'production', LATCHKEY_DATA_DIR: '/var/lib/latchkey' });
  expect(refused.ok ? [] : refused.problems).toEqual([
    expect.stringMatching(/^LATCHKEY_AUDIT_KEYS is missing: .*openssl rand/),
  ]);
  const key = Buffer.alloc(32, 7).toString('base64url');
  const read = readEnvironment({ DATABASE_URL, LATCHKEY_ENV: 'production', LATCHKEY_AUDIT_KEYS: `b:${key},a:${key}` });
  expect(read.ok ? read.configuration.auditKeys?.map(({ id }) => id) : []).toEqual(['b', 'a']);
});

it.each([
  ['LATCHKEY_PUBLIC_URL', { LATCHKEY_SMTP_URL: 'smtp://mail:25', LATCHKEY_MAIL_FROM: 'a@b' }],
  ['LATCHKEY_MAIL_FROM', { LATCHKEY_SMTP_URL: 'smtp://mail:25', LATCHKEY_PUBLIC_URL: 'https://l.example' }],
  ['LATCHKEY_WEBHOOK_SECRET', { LATCHKEY_WEBHOOK_URL: 'https://r.example', LATCHKEY_PUBLIC_URL: 'https://l.example' }],
  [
    'must be https',
    {
      LATCHKEY_WEBHOOK_URL: 'http://r.example',
      LATCHKEY_WEBHOOK_SECRET: `whsec_${'A'.repeat(43)}=`,
      LATCHKEY_PUBLIC_URL: 'https://l.example',
    },
  ],
])('reminders that are half configured are refused: %s', (problem, environment) => {
  const read = readEnvironment({ DATABASE_URL, ...environment });
  expect(read.ok ? [] : read.problems).toEqual([expect.stringContaining(problem)]);
});

it('a Redis is single, a cluster or behind sentinels, and what does not go together is said', () => {
  const redis = (environment: Readonly<Record<string, string>>) => {
    const read = readEnvironment({ DATABASE_URL, ...environment });
    return read.ok ? read.configuration.redis : read.problems;
  };
  const [one, two] = ['redis://a:1', 'redis://a:1,rediss://b:2'];
  expect(redis({ REDIS_URL: one })).toEqual({ url: one, topology: { kind: 'single' } });
  expect(redis({ REDIS_URL: two, REDIS_CLUSTER: '1' })).toEqual({ url: two, topology: { kind: 'cluster' } });
  expect(redis({ REDIS_URL: two, REDIS_SENTINEL_NAME: 'main' })).toEqual({
    url: two,
    topology: { kind: 'sentinel', name: 'main' },
  });
  expect(redis({ REDIS_URL: two })).toEqual([expect.stringMatching(/^REDIS_URL names several/)]);
  expect(redis({ REDIS_CLUSTER: '1' })).toEqual([expect.stringMatching(/^REDIS_URL is missing/)]);
  expect(redis({ REDIS_SENTINEL_NAME: 'main' })).toEqual([expect.stringMatching(/^REDIS_URL is missing/)]);
  expect(redis({ REDIS_URL: one, REDIS_CLUSTER: '1', REDIS_SENTINEL_NAME: 'main' })).toEqual([
    expect.stringMatching(/exclude each other/),
  ]);
});

it('the board needs to be told who may look and where they sign in', () => {
  const board = (environment: Readonly<Record<string, string>>) => {
    const read = readEnvironment({ DATABASE_URL, LATCHKEY_BOARD_PORT: '4002', ...environment });
    return read.ok ? read.configuration.board : read.problems;
  };
  const LATCHKEY_PUBLIC_URL = 'https://latchkey.example';
  expect(board({ LATCHKEY_PUBLIC_URL })).toEqual([expect.stringMatching(/^LATCHKEY_BOARD_ORGANIZATION is missing/)]);
  expect(board({ LATCHKEY_BOARD_ORGANIZATION: 'acme' })).toEqual([
    expect.stringMatching(/^LATCHKEY_PUBLIC_URL is missing/),
  ]);
  expect(board({ LATCHKEY_PUBLIC_URL, LATCHKEY_BOARD_ORGANIZATION: 'acme' })).toEqual({
    port: 4002,
    organizationId: 'acme',
    serverUrl: LATCHKEY_PUBLIC_URL,
    publicUrl: LATCHKEY_PUBLIC_URL,
  });
});
