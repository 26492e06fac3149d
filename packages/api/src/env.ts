import { join } from 'node:path';
import type { KeyRing } from '@latchkey/core';
import { isTokenPrefix } from '@latchkey/core/token';
import { parseKeys } from '@latchkey/store';
import { z } from 'zod';
import type { ApiKeys } from './deps.ts';

/** What the server's commands are configured by. Times are in milliseconds. */
export interface ServerEnv {
  readonly production: boolean;
  readonly databaseUrl: string | null;
  readonly databaseDirectUrl: string | null;
  /** The privileged URL of `migrate`; never used by `serve`. */
  readonly databaseAdminUrl: string | null;
  /** The worker's; the server only looks at it where `doctor` asks. */
  readonly redisUrls: readonly string[];
  readonly apiDbPassword: string | null;
  readonly workerDbPassword: string | null;
  /** How long `migrate` says that sealed audit events are kept; `null`: for good. */
  readonly auditRetentionDays: number | null;
  readonly dataFolder: string | null;
  /** Where the worker captures mail, as it does in development without an SMTP server; `null` where it doesn't. */
  readonly mailFolder: string | null;
  /** From the environment; `null` where the data folder's are used. */
  readonly keys: ApiKeys | null;
  /** The same; the server needs them only to check seals by their keys. */
  readonly auditKeys: KeyRing | null;
  readonly host: string;
  readonly port: number;
  /** Where Prometheus reads; `null` for nowhere. */
  readonly metricsPort: number | null;
  /** Where traces are sent by OTLP over HTTP; `null` for nowhere. */
  readonly otlpEndpoint: string | null;
  /** Where the worker's board is reached, and whose administrators may; `null`: the console has no link to it. */
  readonly board: { readonly url: string; readonly organizationId: string } | null;
  readonly publicUrl: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly prefixes: readonly [string, ...string[]];
  readonly trustedProxyCount: number;
  /** How many sibling services may poll with one verifier credential at a time. */
  readonly verifierRegistrationCount: number;
  /** How much the verifier may remember: entries, and mebibytes. */
  readonly verifierEntryCount: number;
  readonly verifierMegabytes: number;
  /** And for how long, though nothing is heard. */
  readonly verifierAgeSeconds: number;
  readonly signIn: 'links' | 'none';
  /** `null`: the pages that came with the server, if any did. */
  readonly consoleFolder: string | null;
  /** Anybody who reaches this server may sign in as a member of the demo. */
  readonly demo: boolean;
}

/** One refusal: which variable, what is wrong, how to make a value. Never the value. */
export interface EnvProblem {
  readonly variable: string;
  readonly message: string;
}

export type EnvResult =
  | { readonly ok: true; readonly env: ServerEnv }
  | { readonly ok: false; readonly problems: readonly EnvProblem[] };

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const KEY_VARIABLES = { LATCHKEY_PEPPERS: 'pepper', LATCHKEY_TAG_KEYS: 'tag', LATCHKEY_CURSOR_KEYS: 'cursor' } as const;

const postgresUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^postgres(?:ql)?:$/.test(new URL(text).protocol), {
    error: 'Give a PostgreSQL URL, such as postgresql://latchkey_api:PASSWORD@db.example:5432/latchkey.',
  });

const redisUrls = z
  .string()
  .transform((text) => text.split(','))
  .refine((urls) => urls.every((url) => URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol)), {
    error: 'Give the URL of a Redis, such as redis://:PASSWORD@redis.example:6379/0; several apart by commas.',
  });

const publicUrl = z
  .string()
  .transform((text) => text.replace(/\/+$/, ''))
  .refine((text) => URL.canParse(text) && isSafePublicUrl(new URL(text)), {
    error: 'Give the address that people open, https or a loopback one, such as https://latchkey.example.',
  });

const prefixes = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isTokenPrefix) && new Set(parts).size === parts.length, {
    error: 'Give 2 to 10 lower-case letters or digits, first a letter; several apart by commas, the first is minted.',
  });

const count = (max: number, error: string, min = 0) =>
  z
    .string()
    .regex(/^\d{1,8}$/, error)
    .transform(Number)
    .refine((n) => n >= min && n <= max, error);

const schema = z.object({
  LATCHKEY_ENV: z.enum(['production', 'development'], 'Say production, or leave it out.').optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  DATABASE_ADMIN_URL: postgresUrl.optional(),
  REDIS_URL: redisUrls.optional(),
  LATCHKEY_API_DB_PASSWORD: z
    .string()
    .min(8, 'Give at least 8 characters, such as: openssl rand -base64 24')
    .optional(),
  LATCHKEY_WORKER_DB_PASSWORD: z
    .string()
    .min(8, 'Give at least 8 characters, such as: openssl rand -base64 24')
    .optional(),
  LATCHKEY_AUDIT_RETENTION_DAYS: count(
    36_500,
    'Give how many days audit events are kept, 1 to 36500, or leave it out.',
    1,
  ).optional(),
  LATCHKEY_DATA_DIR: z.string().optional(),
  // The worker's; here it only says that no mail is captured.
  LATCHKEY_SMTP_URL: z.string().optional(),
  LATCHKEY_HOST: z.string().default('127.0.0.1'),
  LATCHKEY_PORT: count(65_535, 'Give a port from 0 to 65535; 0 takes a free one.').default(3_000),
  LATCHKEY_METRICS_PORT: count(65_535, 'Give a port from 0 to 65535; 0 takes a free one.').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
      error: 'Give the URL of an OTLP collector, such as http://collector.example:4318.',
    })
    .optional(),
  LATCHKEY_PUBLIC_URL: publicUrl.optional(),
  LATCHKEY_BOARD_URL: z
    .string()
    .refine((text) => URL.canParse(text) && isSafePublicUrl(new URL(text)), {
      error: 'Give the address of the board, https or a loopback one, such as https://latchkey.example/jobs.',
    })
    .optional(),
  LATCHKEY_BOARD_ORGANIZATION: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,128}$/, 'Give the id of the organization whose administrators may see all jobs.')
    .optional(),
  LATCHKEY_LOG_LEVEL: z.enum(LOG_LEVELS, `One of: ${LOG_LEVELS.join(', ')}.`).default('info'),
  LATCHKEY_TOKEN_PREFIXES: prefixes.default(['lk']),
  LATCHKEY_TRUSTED_PROXY_COUNT: count(16, 'Give how many proxies stand in front, 0 to 16.').default(0),
  LATCHKEY_VERIFIER_REGISTRATIONS: count(
    10_000,
    'Give how many siblings one credential may have, 1 to 10000.',
    1,
  ).default(64),
  LATCHKEY_VERIFIER_ENTRIES: count(
    15_000_000,
    'Give how many entries may be remembered, 1000 to 15000000.',
    1_000,
  ).default(1_000_000),
  LATCHKEY_VERIFIER_AGE_SECONDS: count(
    86_400,
    'Give for how many seconds a verification may be remembered, 1 to 86400.',
    1,
  ).default(300),
  LATCHKEY_VERIFIER_MEGABYTES: count(65_536, 'Give how many mebibytes may be remembered, 16 to 65536.', 16).default(
    512,
  ),
  LATCHKEY_SIGN_IN: z.enum(['links', 'none'], 'Say links or none.').optional(),
  LATCHKEY_CONSOLE_DIR: z.string().optional(),
  LATCHKEY_AUDIT_KEYS: z.string().optional(),
  LATCHKEY_DEMO: z.enum(['on', 'off'], 'Say on or off.').default('off'),
  ...(Object.fromEntries(Object.keys(KEY_VARIABLES).map((name) => [name, z.string().optional()])) as Record<
    keyof typeof KEY_VARIABLES,
    z.ZodOptional<z.ZodString>
  >),
});

/** What the environment has to be good for. A migration needs no keys, and only the server signs members in. */
export type EnvPurpose = 'serve' | 'command' | 'migrate';

/** Reads the environment once, and says everything that is wrong with it at once. An empty variable is not set. */
export const parseEnv = (
  environment: Readonly<Record<string, string | undefined>>,
  purpose: EnvPurpose = 'serve',
): EnvResult => {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const problems: EnvProblem[] = [];
  if (!parsed.success) {
    // zod's own message may hold what was given, and that may be a password: ours don't.
    problems.push(...parsed.error.issues.map((issue) => ({ variable: String(issue.path[0]), message: issue.message })));
  }
  const keys = readKeys(given, problems);
  const auditKeys = readAuditKeys(given, problems);
  problems.push(...demoProblems(given), ...boardProblems(given));
  const production = given['LATCHKEY_ENV'] === 'production';
  if (production && purpose !== 'migrate') problems.push(...productionProblems(given, purpose));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const values = parsed.data;
  const [minted = 'lk', ...accepted] = values.LATCHKEY_TOKEN_PREFIXES;
  return {
    ok: true,
    env: {
      production,
      databaseUrl: values.DATABASE_URL ?? null,
      databaseDirectUrl: values.DATABASE_DIRECT_URL ?? null,
      databaseAdminUrl: values.DATABASE_ADMIN_URL ?? null,
      redisUrls: values.REDIS_URL ?? [],
      apiDbPassword: values.LATCHKEY_API_DB_PASSWORD ?? null,
      workerDbPassword: values.LATCHKEY_WORKER_DB_PASSWORD ?? null,
      auditRetentionDays: values.LATCHKEY_AUDIT_RETENTION_DAYS ?? null,
      dataFolder: values.LATCHKEY_DATA_DIR ?? null,
      mailFolder:
        production || values.LATCHKEY_DATA_DIR === undefined || values.LATCHKEY_SMTP_URL !== undefined
          ? null
          : join(values.LATCHKEY_DATA_DIR, 'mail'),
      keys,
      auditKeys,
      host: values.LATCHKEY_HOST,
      port: values.LATCHKEY_PORT,
      metricsPort: values.LATCHKEY_METRICS_PORT ?? null,
      otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
      board:
        values.LATCHKEY_BOARD_URL === undefined || values.LATCHKEY_BOARD_ORGANIZATION === undefined
          ? null
          : { url: values.LATCHKEY_BOARD_URL, organizationId: values.LATCHKEY_BOARD_ORGANIZATION },
      publicUrl: values.LATCHKEY_PUBLIC_URL ?? null,
      logLevel: values.LATCHKEY_LOG_LEVEL,
      prefixes: [minted, ...accepted],
      trustedProxyCount: values.LATCHKEY_TRUSTED_PROXY_COUNT,
      verifierRegistrationCount: values.LATCHKEY_VERIFIER_REGISTRATIONS,
      verifierEntryCount: values.LATCHKEY_VERIFIER_ENTRIES,
      verifierMegabytes: values.LATCHKEY_VERIFIER_MEGABYTES,
      verifierAgeSeconds: values.LATCHKEY_VERIFIER_AGE_SECONDS,
      signIn: values.LATCHKEY_SIGN_IN ?? (production ? 'none' : 'links'),
      consoleFolder: values.LATCHKEY_CONSOLE_DIR ?? null,
      demo: values.LATCHKEY_DEMO === 'on',
    },
  };
};

/** All of them or none: half of them from a file would be a ring that nobody has written down. */
const readKeys = (given: Readonly<Record<string, unknown>>, problems: EnvProblem[]): ApiKeys | null => {
  const names = Object.keys(KEY_VARIABLES) as (keyof typeof KEY_VARIABLES)[];
  if (names.every((name) => given[name] === undefined)) return null;
  const rings = names.map((name) => {
    const parsed = parseKeys(String(given[name] ?? ''));
    if (!parsed.ok) problems.push({ variable: name, message: keyAdvice(name, parsed.because) });
    return parsed.ok ? parsed.keys : null;
  });
  const [peppers, tagKeys, cursorKeys] = rings;
  return peppers && tagKeys && cursorKeys ? { peppers, tagKeys, cursorKeys } : null;
};

const readAuditKeys = (given: Readonly<Record<string, unknown>>, problems: EnvProblem[]): KeyRing | null => {
  const variable = 'LATCHKEY_AUDIT_KEYS';
  if (given[variable] === undefined) return null;
  const parsed = parseKeys(String(given[variable]));
  if (parsed.ok) return parsed.keys;
  problems.push({ variable, message: adviceFor('audit', parsed.because) });
  return null;
};

const keyAdvice = (name: keyof typeof KEY_VARIABLES, because: string): string =>
  adviceFor(KEY_VARIABLES[name], because);

const adviceFor = (ring: string, because: string): string => {
  const id = `${ring}-1`;
  return `Give id:key, several apart by commas, the current one first (${because}). Make one: echo "${id}:$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')"`;
};

/** Production starts with what somebody decided, or not at all. */
const productionProblems = (given: Readonly<Record<string, unknown>>, purpose: EnvPurpose): readonly EnvProblem[] => {
  const missing = (variable: string, message: string) => (given[variable] === undefined ? [{ variable, message }] : []);
  const keys = Object.keys(KEY_VARIABLES) as (keyof typeof KEY_VARIABLES)[];
  return [
    ...missing(
      'DATABASE_URL',
      'Production needs a database, such as postgresql://latchkey_api:PASSWORD@db.example/latchkey.',
    ),
    ...keys
      .filter((name) => given[name] === undefined && keys.every((other) => given[other] === undefined))
      .map((name) => ({
        variable: name,
        message: `Production takes no keys from a folder. ${keyAdvice(name, 'missing')}`,
      })),
    ...missing(
      'LATCHKEY_PUBLIC_URL',
      'Production needs the address that people open, such as https://latchkey.example.',
    ),
    ...(given['LATCHKEY_SIGN_IN'] === 'none' || purpose !== 'serve'
      ? []
      : [
          {
            variable: 'LATCHKEY_SIGN_IN',
            message:
              'Signing members in ourselves needs OIDC in production, and this version has no OIDC yet. Say none to serve tokens and sibling services only, or mount createLatchkey() in your own application with authenticateMember.',
          },
        ]),
  ];
};

/** The demo asks nobody for a proof: it is for one's own machine, and for nothing that anybody relies on. */
const demoProblems = (given: Readonly<Record<string, unknown>>): readonly EnvProblem[] => {
  if (given['LATCHKEY_DEMO'] !== 'on') return [];
  const host = String(given['LATCHKEY_HOST'] ?? '127.0.0.1');
  const alone = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host) && given['LATCHKEY_ENV'] !== 'production';
  const message = 'The demo lets anybody sign in as anybody: leave it out in production, and listen on 127.0.0.1 only.';
  return alone ? [] : [{ variable: 'LATCHKEY_DEMO', message }];
};

/** The organization alone is the worker's; an address that nobody is told would be a link that never shows. */
const boardProblems = (given: Readonly<Record<string, unknown>>): readonly EnvProblem[] =>
  given['LATCHKEY_BOARD_URL'] === undefined || given['LATCHKEY_BOARD_ORGANIZATION'] !== undefined
    ? []
    : [
        {
          variable: 'LATCHKEY_BOARD_ORGANIZATION',
          message: 'Give the id of the organization whose administrators may see all jobs, as the worker has it.',
        },
      ];

/** https, or this machine: a session's cookie and every token would cross the network in the clear otherwise. */
const isSafePublicUrl = (url: URL): boolean =>
  url.search === '' &&
  url.hash === '' &&
  url.username === '' &&
  (url.protocol === 'https:' ||
    (url.protocol === 'http:' && /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)));

/** The one place of the server that looks at the process's environment. */
export const readEnv = (purpose: EnvPurpose): EnvResult => parseEnv(process.env, purpose);
