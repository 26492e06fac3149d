import { nodeCrypto } from '@latchkey/api/server';
import type { KeyRing } from '@latchkey/core';
import { DIGEST_FORMAT, type DigestSubject, digestToken, mintToken } from '@latchkey/core/token';
import type { Pool } from 'pg';

/** A token that was issued as every token is: the others are copies of its rows under ids and secrets of their own. */
export interface Template {
  readonly tokenId: string;
  readonly subject: DigestSubject;
}

export interface Keys {
  readonly peppers: KeyRing;
  readonly tagKeys: KeyRing;
}

const SLICE = 5_000;

/** Copies a template, `count` times; gives the texts. Each is a token like any other: minted, tagged, digested, stored. */
export const multiply = async (
  pool: Pool,
  keys: Keys,
  { tokenId, subject }: Template,
  count: number,
): Promise<readonly string[]> => {
  const token = await columnsOf(pool, 'token', {
    token_id: 'x.id',
    name: "t.name || ' ' || x.id",
    name_key: "t.name_key || ' ' || lower(x.id) || x.n",
  });
  const secret = await columnsOf(pool, 'secret', {
    token_id: 'x.id',
    digest: 'x.digest',
    hint: 'x.hint',
    // As after the first use of each, which is written down once in its life.
    first_used_at: 't.created_at',
  });
  const [pepper] = keys.peppers;
  const texts: string[] = [];
  for (let done = 0; done < count; done += SLICE) {
    const minted = Array.from({ length: Math.min(SLICE, count - done) }, () =>
      mintToken(nodeCrypto, {
        prefix: 'lk',
        kind: subject.kind,
        routingKey: tokenId.slice(0, 3),
        tagKeys: keys.tagKeys,
      }),
    );
    const digests = minted.map(({ tokenId: id, text }) =>
      digestToken(nodeCrypto, pepper.bytes, {
        ...subject,
        tokenId: id,
        format: DIGEST_FORMAT,
        secretNumber: 1,
        text,
      }),
    );
    const rows = [
      minted.map((each) => each.tokenId),
      digests.map((digest) => Buffer.from(digest)),
      minted.map(({ hint }) => hint),
    ];
    for (const { table, into, from } of [token, secret]) {
      await pool.query(
        `insert into latchkey.${table} (${into})
         select ${from} from latchkey.${table} t,
                unnest($2::text[], $3::bytea[], $4::text[]) with ordinality as x (id, digest, hint, n)
          where t.token_id = $1`,
        [tokenId, ...rows],
      );
    }
    for (const { text } of minted) texts.push(text);
  }
  return texts;
};

const columnsOf = async (pool: Pool, table: string, instead: Readonly<Record<string, string>>) => {
  const { rows } = await pool.query<{ name: string }>(
    `select column_name as name from information_schema.columns
      where table_schema = 'latchkey' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  );
  return {
    table,
    into: rows.map(({ name }) => name).join(', '),
    from: rows.map(({ name }) => instead[name] ?? `t.${name}`).join(', '),
  };
};
