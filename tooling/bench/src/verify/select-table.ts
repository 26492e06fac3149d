import { hash } from 'node:crypto';
import pg from 'pg';
import type { World } from './world.ts';

/** What most people write: the digest of the token is the primary key, and one prepared statement reads the row. */
export interface SelectTable {
  readonly find: (text: string) => Promise<object | null>;
  close(): Promise<void>;
}

export const openSelectTable = (url: string, connections = 10): SelectTable => {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  return {
    find: async (text) => {
      const { rows } = await pool.query<object>({
        name: 'by-digest',
        text: 'select * from bench.api_token where digest = $1',
        values: [hash('sha256', text, 'buffer')],
      });
      return rows[0] ?? null;
    },
    close: () => pool.end(),
  };
};

/** The same tokens as Latchkey has, with as much of each as a verification tells. */
export const fillSelectTable = async ({ pool }: World, texts: readonly string[]): Promise<void> => {
  await pool.query('create schema if not exists bench');
  await pool.query('drop table if exists bench.api_token');
  await pool.query(`create table bench.api_token (
      digest bytea primary key, token_id text, kind text, name text, organization_id text, owner_id text, project text,
      revoked_at timestamptz, expires_at timestamptz
    )`);
  for (let done = 0; done < texts.length; done += 10_000) {
    const slice = texts.slice(done, done + 10_000);
    await pool.query(
      `insert into bench.api_token
       select digest, left(encode(digest, 'hex'), 16), 'personal', 'bench', 'acme', 'dana', 'shop', null, null
         from unnest($1::bytea[]) as x (digest)`,
      [slice.map((text) => hash('sha256', text, 'buffer'))],
    );
  }
  await pool.query('vacuum analyze bench.api_token');
};
