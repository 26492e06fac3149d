import { hash, randomBytes } from 'node:crypto';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Redis } from 'ioredis';
import pg from 'pg';

/** better-auth's api-key plugin as its documents set it up, with its rate limit off. */
export interface BetterAuth {
  readonly verify: (key: string) => Promise<boolean>;
  readonly makeKeys: (count: number) => Promise<readonly string[]>;
  close(): Promise<void>;
}

/** `redis`: where it keeps its keys instead of in the database. */
export const openBetterAuth = async (
  url: string,
  { connections = 10, redis }: { readonly connections?: number; readonly redis?: string } = {},
): Promise<BetterAuth> => {
  const pool = new pg.Pool({ connectionString: url, max: connections, options: '-c search_path=better_auth' });
  await pool.query('create schema if not exists better_auth');
  const client = redis === undefined ? null : new Redis(redis);
  const options = {
    database: pool,
    secret: 'a secret of the bench, and nothing else',
    baseURL: 'http://127.0.0.1',
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    // What it refuses it writes a line about, with a stack: that is not what is measured.
    logger: { disabled: true },
    ...(client === null
      ? { plugins: [apiKey({ rateLimit: { enabled: false } })] }
      : {
          secondaryStorage: storageIn(client),
          plugins: [apiKey({ rateLimit: { enabled: false }, storage: 'secondary-storage' as const })],
        }),
  };
  const auth = betterAuth(options);
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  return {
    verify: async (key) => key !== '' && (await auth.api.verifyApiKey({ body: { key } })).valid,
    makeKeys: async (count) => {
      const { user } = await auth.api.signUpEmail({
        body: { email: `${randomBytes(6).toString('hex')}@example.com`, password: 'of the bench only', name: 'bench' },
      });
      const template = await auth.api.createApiKey({ body: { userId: user.id, name: 'bench' } });
      return client === null ? copies(pool, template.id, count) : copiesInRedis(client, template.key, count);
    },
    close: async () => {
      client?.disconnect();
      await pool.end();
    },
  };
};

const storageIn = (client: Redis) => ({
  get: (key: string) => client.get(key),
  getAndDelete: (key: string) => client.getdel(key),
  increment: async (key: string, seconds: number) => {
    const count = await client.incr(key);
    if (count === 1) await client.expire(key, seconds);
    return count;
  },
  set: async (key: string, value: string, seconds?: number) => {
    await (seconds === undefined ? client.set(key, value) : client.set(key, value, 'EX', seconds));
  },
  delete: async (key: string) => {
    await client.del(key);
  },
});

/** Its default digest. */
const digestOf = (key: string): string => hash('sha256', key, 'base64url');

const newKeys = (count: number): readonly string[] =>
  Array.from({ length: count }, () => randomBytes(48).toString('base64url').replace(/[-_]/g, 'x'));

/** Records like the one that it made itself, each another user's: with every use it reads the list of all that a user has. */
const copiesInRedis = async (client: Redis, template: string, count: number): Promise<readonly string[]> => {
  const record = JSON.parse((await client.get(`api-key:${digestOf(template)}`)) ?? '') as object;
  const keys = newKeys(count);
  for (const [n, key] of keys.entries()) {
    const [id, referenceId, digest] = [`bench-${n}`, `user-${n}`, digestOf(key)];
    const text = JSON.stringify({ ...record, id, referenceId, key: digest });
    await client.mset([
      `api-key:${digest}`,
      text,
      `api-key:by-id:${id}`,
      text,
      `api-key:by-ref:${referenceId}`,
      `["${id}"]`,
    ]);
  }
  return keys;
};

/** Rows like the one that it made itself. */
const copies = async (pool: pg.Pool, id: string, count: number): Promise<readonly string[]> => {
  const keys = newKeys(count);
  const { rows } = await pool.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = 'better_auth' and table_name = 'apikey'`,
  );
  const columns = rows.map(({ name }) => name);
  const from = columns.map((name) =>
    name === 'id' ? "t.id || '-' || x.n" : name === 'key' ? 'x.digest' : `t."${name}"`,
  );
  await pool.query(
    `insert into better_auth.apikey (${columns.map((name) => `"${name}"`).join(', ')})
     select ${from.join(', ')} from better_auth.apikey t, unnest($2::text[]) with ordinality as x (digest, n) where t.id = $1`,
    [id, keys.map(digestOf)],
  );
  return keys;
};
