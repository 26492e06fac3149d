import type { KeyRing } from '@latchkey/core';
import { parseKeys } from '@latchkey/store';
import { z } from 'zod';
import type { RedisTopology } from './backend/redis-topology.ts';
import type { NotificationsConfiguration } from './notifications/open-notifiers.ts';
import { parseWebhookSecrets } from './notifications/sign-webhook.ts';

const urlOf = (protocols: readonly string[], example: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL such as ${example}`,
  });

const postgresUrl = urlOf(['postgres:', 'postgresql:'], 'postgresql://latchkey_worker:PASSWORD@HOST:5432/latchkey');

const redisUrls = z
  .string()
  .refine(
    (text) =>
      text.split(',').every((each) => URL.canParse(each) && ['redis:', 'rediss:'].includes(new URL(each).protocol)),
    { error: 'must be a URL such as redis://:PASSWORD@HOST:6379/0, or several of them apart by commas' },
  );

// Nothing set and set to nothing are the same: a shell and a compose file can't always tell them apart.
const unset = (value: unknown) => (value === '' ? undefined : value);

const MAKE_KEY = `make one: echo "audit-1:$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')"`;

const keyRing = z.string().transform((text, { issues }): KeyRing | null => {
  const parsed = parseKeys(text);
  if (parsed.ok) return parsed.keys;
  // Never the text: it is most of a key.
  issues.push({
    code: 'custom',
    input: null,
    message: `must be id:key, several apart by commas (${parsed.because}); ${MAKE_KEY}`,
  });
  return null;
});

const schema = z.object({
  DATABASE_URL: z.preprocess(unset, postgresUrl),
  DATABASE_DIRECT_URL: z.preprocess(unset, postgresUrl.optional()),
  REDIS_URL: z.preprocess(unset, redisUrls.optional()),
  REDIS_CLUSTER: z.preprocess(unset, z.enum(['1']).optional()),
  REDIS_SENTINEL_NAME: z.preprocess(
    unset,
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,100}$/, { error: 'must be the name that the sentinels give their master' })
      .optional(),
  ),
  LATCHKEY_ENV: z.preprocess(unset, z.enum(['production', 'development']).optional()),
  LATCHKEY_LOG_LEVEL: z.preprocess(
    unset,
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ),
  LATCHKEY_AUDIT_KEYS: z.preprocess(unset, keyRing.optional()),
  LATCHKEY_DATA_DIR: z.preprocess(unset, z.string().optional()),
  LATCHKEY_PUBLIC_URL: z.preprocess(unset, urlOf(['https:', 'http:'], 'https://latchkey.example').optional()),
  LATCHKEY_SMTP_URL: z.preprocess(unset, urlOf(['smtp:', 'smtps:'], 'smtps://USER:PASSWORD@HOST:465').optional()),
  LATCHKEY_MAIL_FROM: z.preprocess(
    unset,
    z
      .string()
      .regex(/^[^\p{Cc}]{3,320}$/u, { error: 'must be one address, such as Latchkey <latchkey@example.org>' })
      .optional(),
  ),
  LATCHKEY_WEBHOOK_URL: z.preprocess(unset, urlOf(['https:', 'http:'], 'https://receiver.example/latchkey').optional()),
  LATCHKEY_WEBHOOK_SECRET: z.preprocess(
    unset,
    z
      .string()
      .refine((text) => parseWebhookSecrets(text) !== null, {
        error:
          'must be whsec_ and 24 to 64 bytes in base64, up to four of them apart by commas; make one: echo "whsec_$(openssl rand -base64 32)"',
      })
      .optional(),
  ),
  LATCHKEY_WEBHOOK_PRIVATE: z.preprocess(unset, z.enum(['1']).optional()),
  LATCHKEY_USAGE_DAYS: z.preprocess(unset, z.coerce.number().int().min(1).max(3_660).default(90)),
  LATCHKEY_TOMBSTONE_DAYS: z.preprocess(unset, z.coerce.number().int().min(30).max(36_500).default(400)),
  LATCHKEY_REMOVAL_PERCENT: z.preprocess(unset, z.coerce.number().int().min(0).max(100).default(10)),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.preprocess(unset, urlOf(['https:', 'http:'], 'http://collector:4318').optional()),
  LATCHKEY_BOARD_PORT: z.preprocess(unset, z.coerce.number().int().min(0).max(65_535).optional()),
  LATCHKEY_BOARD_ORGANIZATION: z.preprocess(
    unset,
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,128}$/, { error: 'must be the id of an organization' })
      .optional(),
  ),
  LATCHKEY_SERVER_URL: z.preprocess(unset, urlOf(['https:', 'http:'], 'http://latchkey-server:3000').optional()),
  LATCHKEY_WORKER_PORT: z.preprocess(unset, z.coerce.number().int().min(0).max(65_535).optional()),
});

export interface WorkerConfiguration {
  readonly databaseUrl: string;
  /** Past a transaction pooler: LISTEN, and BullMQ on PostgreSQL. */
  readonly databaseDirectUrl: string;
  /** `null`: jobs wait in PostgreSQL. */
  readonly redis: { readonly url: string; readonly topology: RedisTopology } | null;
  readonly production: boolean;
  /** Seal the audit trail; the first one is used. `null`: those of the data folder. */
  readonly auditKeys: KeyRing | null;
  /** Where keys that nobody gave, and anchors, are kept. */
  readonly dataFolder: string | null;
  /** How people are told, apart from the console. */
  readonly notifications: NotificationsConfiguration;
  /** Of an organization's owners, from 0 to 1: more than that missing at once are held back. */
  readonly removalShare: number;
  /** How long a revoked token's row is kept. */
  readonly tombstoneDays: number;
  /** How far back it is known what tokens were used for. */
  readonly usageDays: number;
  readonly logLevel: string;
  /** Where traces are sent by OTLP over HTTP; `null`: nowhere. */
  readonly otlpEndpoint: string | null;
  /** Where Bull Board is served, who may look, and where the server is asked about them; `null`: nowhere. */
  readonly board: {
    readonly port: number;
    readonly organizationId: string;
    readonly serverUrl: string;
    readonly publicUrl: string;
  } | null;
  /** Where /livez and /readyz are served, 0 for any free port; `null`: nowhere. */
  readonly healthPort: number | null;
}

export type WorkerEnvironment =
  | { readonly ok: true; readonly configuration: WorkerConfiguration }
  /** One sentence a variable; never a value, which may hold a password. */
  | { readonly ok: false; readonly problems: readonly string[] };

const missing: Readonly<Record<string, string>> = {
  DATABASE_URL:
    'is missing: the PostgreSQL that `latchkey-server migrate` has prepared, with the role latchkey_worker, such as postgresql://latchkey_worker:PASSWORD@HOST:5432/latchkey',
};

/** The only reader of the environment. */
export const readEnvironment = (environment: NodeJS.ProcessEnv = process.env): WorkerEnvironment => {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} ${(environment[name] ?? '') === '' ? (missing[name] ?? message) : message}`;
    });
    return { ok: false, problems };
  }
  const { DATABASE_URL, DATABASE_DIRECT_URL, LATCHKEY_ENV, LATCHKEY_LOG_LEVEL, LATCHKEY_WORKER_PORT } = parsed.data;
  const production = LATCHKEY_ENV === 'production';
  const auditKeys = parsed.data.LATCHKEY_AUDIT_KEYS ?? null;
  if (production && auditKeys === null) {
    return {
      ok: false,
      problems: [`LATCHKEY_AUDIT_KEYS is missing: production takes no keys from a folder; ${MAKE_KEY}`],
    };
  }
  const notifications = readNotifications(parsed.data);
  if (typeof notifications === 'string') return { ok: false, problems: [notifications] };
  const board = readBoard(parsed.data);
  if (typeof board === 'string') return { ok: false, problems: [board] };
  const redis = readRedis(parsed.data);
  if (typeof redis === 'string') return { ok: false, problems: [redis] };
  return {
    ok: true,
    configuration: {
      databaseUrl: DATABASE_URL,
      databaseDirectUrl: DATABASE_DIRECT_URL ?? DATABASE_URL,
      redis,
      production,
      auditKeys,
      dataFolder: parsed.data.LATCHKEY_DATA_DIR ?? null,
      notifications,
      removalShare: parsed.data.LATCHKEY_REMOVAL_PERCENT / 100,
      tombstoneDays: parsed.data.LATCHKEY_TOMBSTONE_DAYS,
      usageDays: parsed.data.LATCHKEY_USAGE_DAYS,
      logLevel: LATCHKEY_LOG_LEVEL,
      otlpEndpoint: parsed.data.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
      board,
      healthPort: LATCHKEY_WORKER_PORT ?? null,
    },
  };
};

/** @returns a sentence where it is half configured: a board that anybody sees is never the default. */
const readBoard = (data: z.infer<typeof schema>): WorkerConfiguration['board'] | string => {
  const {
    LATCHKEY_BOARD_PORT: port,
    LATCHKEY_BOARD_ORGANIZATION: organizationId,
    LATCHKEY_PUBLIC_URL: publicUrl,
  } = data;
  if (port === undefined) return null;
  if (organizationId === undefined) {
    return 'LATCHKEY_BOARD_ORGANIZATION is missing: the id of the organization whose administrators may see all jobs';
  }
  if (publicUrl === undefined) return 'LATCHKEY_PUBLIC_URL is missing: whoever wants to see the jobs signs in there';
  return { port, organizationId, publicUrl, serverUrl: data.LATCHKEY_SERVER_URL ?? publicUrl };
};

/** @returns a sentence where the variables don't go together. */
const readRedis = (data: z.infer<typeof schema>): WorkerConfiguration['redis'] | string => {
  const { REDIS_URL: url, REDIS_CLUSTER: cluster, REDIS_SENTINEL_NAME: name } = data;
  if (url === undefined) {
    if (cluster !== undefined) return 'REDIS_URL is missing: REDIS_CLUSTER=1 says what answers there';
    return name === undefined ? null : 'REDIS_URL is missing: the sentinels of REDIS_SENTINEL_NAME';
  }
  if (cluster !== undefined && name !== undefined) return 'REDIS_CLUSTER and REDIS_SENTINEL_NAME exclude each other';
  if (cluster !== undefined) return { url, topology: { kind: 'cluster' } };
  if (name !== undefined) return { url, topology: { kind: 'sentinel', name } };
  if (url.includes(',')) return 'REDIS_URL names several: set REDIS_CLUSTER=1 or REDIS_SENTINEL_NAME';
  return { url, topology: { kind: 'single' } };
};

/** @returns a sentence where something is half configured: silence would be found out when it is too late. */
const readNotifications = (data: z.infer<typeof schema>): NotificationsConfiguration | string => {
  const { LATCHKEY_PUBLIC_URL: publicUrl, LATCHKEY_SMTP_URL: smtpUrl, LATCHKEY_MAIL_FROM: from } = data;
  const { LATCHKEY_WEBHOOK_URL: webhookUrl, LATCHKEY_WEBHOOK_SECRET: secretText } = data;
  const allowPrivate = data.LATCHKEY_WEBHOOK_PRIVATE === '1';
  if (publicUrl === undefined && (smtpUrl ?? webhookUrl) !== undefined) {
    return 'LATCHKEY_PUBLIC_URL is missing: a reminder links to the console';
  }
  if (smtpUrl !== undefined && from === undefined) return 'LATCHKEY_MAIL_FROM is missing: mail has a sender';
  if ((webhookUrl === undefined) !== (secretText === undefined)) {
    return 'LATCHKEY_WEBHOOK_URL and LATCHKEY_WEBHOOK_SECRET belong together: one is missing';
  }
  if (webhookUrl?.startsWith('http:') === true && !allowPrivate) {
    return 'LATCHKEY_WEBHOOK_URL must be https; LATCHKEY_WEBHOOK_PRIVATE=1 allows http and private addresses';
  }
  const secrets = secretText === undefined ? null : parseWebhookSecrets(secretText);
  return {
    publicUrl: publicUrl ?? null,
    smtpUrl: smtpUrl ?? null,
    from: from ?? 'Latchkey <latchkey@localhost>',
    webhook: webhookUrl === undefined || secrets === null ? null : { url: webhookUrl, secrets, allowPrivate },
  };
};
