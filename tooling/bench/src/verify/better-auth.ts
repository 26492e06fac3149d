import { hash, randomBytes } from 'node:crypto';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import pg from 'pg';

/** better-auth's api-key plugin as its documents set it up, with its rate limit off. */
export interface BetterAuth {
  readonly verify: (key: string) => Promise<boolean>;
  readonly makeKeys: (count: number) => Promise<readonly string[]>;
  close(): Promise<void>;
}

export const openBetterAuth = async (url: string, connections = 10): Promise<BetterAuth> => {
  const pool = new pg.Pool({ connectionString: url, max: connections, options: '-c search_path=better_auth' });
  await pool.query('create schema if not exists better_auth');
  const options = {
    database: pool,
    secret: 'a secret of the bench, and nothing else',
    baseURL: 'http://127.0.0.1',
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    // What it refuses it writes a line about, with a stack: that is not what is measured.
    logger: { disabled: true },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
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
      return copies(pool, template.id, count);
    },
    close: () => pool.end(),
  };
};

/** Rows like the one that it made itself; its default digest is SHA-256, base64url. */
const copies = async (pool: pg.Pool, id: string, count: number): Promise<readonly string[]> => {
  const keys = Array.from({ length: count }, () => randomBytes(48).toString('base64url').replace(/[-_]/g, 'x'));
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
    [id, keys.map((key) => hash('sha256', key, 'base64url'))],
  );
  return keys;
};
