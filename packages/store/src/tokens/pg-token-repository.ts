import type { Tx } from '@latchkey/core';
import { nameKey } from '@latchkey/core/lifecycle';
import type { Database } from '../database/database.ts';
import { sqlStateOf } from '../database/failure.ts';
import { timeOf, timeOrNull } from '../database/time.ts';
import { listQuery } from './list-query.ts';
import { LOOK_UP, LOOK_UP_OF_ORGANIZATION, type LookUpRow, toTokenLookup } from './look-up.ts';
import type { TokenWithDigests, TokenWithSecrets } from './token-record.ts';
import { NameTaken, RevisionConflict, type TokenRepository } from './token-repository.ts';
import {
  SECRET_COLUMNS,
  SECRET_SUMMARY_COLUMNS,
  type SecretRow,
  type SecretSummaryRow,
  TOKEN_COLUMNS,
  type TokenRow,
  toSecretRecord,
  toSecretSummary,
  toTokenRecord,
} from './token-rows.ts';
import { changeColumns } from './update-columns.ts';

const THIS = 't.organization_id = $1 and t.token_id = $2';

export const createTokenRepository = (database: Database): TokenRepository => {
  const find = async (organizationId: string, tokenId: string, tx?: Tx): Promise<TokenWithSecrets | null> => {
    const rows = await database.query<TokenRow & Partial<SecretSummaryRow>>(
      tx,
      `select ${TOKEN_COLUMNS}, ${SECRET_SUMMARY_COLUMNS} from latchkey.token t
         left join latchkey.secret s
           on s.organization_id = t.organization_id and s.token_id = t.token_id and not s.spent
        where ${THIS} order by s.number desc`,
      [organizationId, tokenId],
    );
    return groupByToken(rows)[0] ?? null;
  };

  const get = async (tx: Tx, organizationId: string, tokenId: string): Promise<TokenWithSecrets> => {
    const token = await find(organizationId, tokenId, tx);
    if (token === null) throw new TypeError(`token ${tokenId} has just been written and is not there`);
    return token;
  };

  return {
    find,

    lookUp: async (tokenId, tx) =>
      toTokenLookup(
        tx === undefined
          ? await database.queryPrepared<LookUpRow>('token-look-up', LOOK_UP, [tokenId])
          : await database.query<LookUpRow>(tx, LOOK_UP, [tokenId]),
      ),

    findForUpdate: async (organizationId, tokenId, tx) => {
      // Two statements: what a lock waited for is seen only by a statement that begins after it.
      const tokens = await database.query<TokenRow>(
        tx,
        `select ${TOKEN_COLUMNS} from latchkey.token t where ${THIS} for update`,
        [organizationId, tokenId],
      );
      if (tokens[0] === undefined) return null;
      const secrets = await database.query<SecretRow>(
        tx,
        `select ${SECRET_COLUMNS} from latchkey.secret s
          where s.organization_id = $1 and s.token_id = $2 and not s.spent order by s.number desc`,
        [organizationId, tokenId],
      );
      return { ...toTokenRecord(tokens[0]), secrets: secrets.map(toSecretRecord) } satisfies TokenWithDigests;
    },

    lockForShare: async (organizationId, tokenId, tx) => {
      await database.query(tx, `select 1 from latchkey.token t where ${THIS} for share`, [organizationId, tokenId]);
      return toTokenLookup(await database.query<LookUpRow>(tx, LOOK_UP_OF_ORGANIZATION, [tokenId, organizationId]));
    },

    list: async (organizationId, page) => {
      const { text, values } = listQuery(organizationId, page);
      return groupByToken(await database.query<TokenRow & Partial<SecretSummaryRow>>(undefined, text, values));
    },

    isNameTaken: async (organizationId, key, tx) => {
      const rows = await database.query(
        tx,
        `select 1 from latchkey.token where organization_id = $1 and name_key = $2 and state <> 'revoked' limit 1`,
        [organizationId, key],
      );
      return rows.length > 0;
    },

    insert: async (tx, token, key, secret) => {
      // DO NOTHING instead of an error: it leaves the transaction alive, and two at once can't both see the name free.
      const inserted = await database.query(
        tx,
        `insert into latchkey.token (organization_id, token_id, kind, name, name_key, description, state, owner_id,
           issuer_type, issuer_id, parent_token_id, project, permissions, address_ranges, created_at, expires_at,
           installation_mark, organization_mark, owner_mark)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::json, $14::text[], $15, $16, $17, $18, $19)
         on conflict (organization_id, name_key) where state <> 'revoked' do nothing
         returning 1`,
        [
          ...[token.organizationId, token.tokenId, token.kind, token.name, key, token.description, token.state],
          ...[token.ownerId, token.issuer.type, token.issuer.id, token.parentTokenId, token.project],
          ...[JSON.stringify(token.permissions), token.addressRanges, timeOf(token.createdAt)],
          ...[timeOrNull(token.expiresAt), token.marks.installation, token.marks.organization, token.marks.owner],
        ],
      );
      if (inserted.length === 0) throw new NameTaken('another token that is not revoked has this name');
      await database.query(tx, INSERT_SECRET, secretValues(token.organizationId, token.tokenId, secret));
      return get(tx, token.organizationId, token.tokenId);
    },

    update: async (tx, organizationId, tokenId, revision, change) => {
      const values: unknown[] = [organizationId, tokenId, revision];
      const renamed = change.name === undefined ? change : { nameKey: nameKey(change.name), ...change };
      const assignments = changeColumns(renamed).map(
        ({ column, type, value }) => `${column} = $${values.push(value)}::${type}`,
      );
      const updated = await database
        .query(
          tx,
          `update latchkey.token set ${[...assignments, 'revision = revision + 1'].join(', ')}
            where organization_id = $1 and token_id = $2 and revision = $3
              ${change.personalPermissions === undefined ? '' : "and kind = 'personal'"} returning 1`,
          values,
        )
        .catch((error: unknown) => {
          if (sqlStateOf(error) !== '23505') throw error;
          throw new NameTaken('another token that is not revoked has this name', { cause: error });
        });
      if (updated.length === 0) throw new RevisionConflict('the token is not at this revision any more');
      return get(tx, organizationId, tokenId);
    },

    addSecret: async (tx, organizationId, tokenId, secret, superseded) => {
      await database.query(
        tx,
        `update latchkey.secret set superseded_at = $3, accepted_until = $4
          where organization_id = $1 and token_id = $2 and superseded_at is null`,
        [organizationId, tokenId, timeOf(superseded.at), timeOf(superseded.acceptedUntil)],
      );
      await database.query(tx, INSERT_SECRET, secretValues(organizationId, tokenId, secret));
    },

    spendSecrets: async (tx, organizationId, tokenId, spent) => {
      await database.query(
        tx,
        `update latchkey.secret s set digest = x.digest, spent = true
           from unnest($3::int[], $4::bytea[]) as x (number, digest)
          where s.organization_id = $1 and s.token_id = $2 and s.number = x.number and not s.spent`,
        [organizationId, tokenId, spent.map(({ number }) => number), spent.map(({ digest }) => Buffer.from(digest))],
      );
    },

    recordFirstUse: async (organizationId, tokenId, secretNumber, at) => {
      // The token's own column only serves a sort: where its row is locked, it waits for the next flush of last uses.
      const rows = await database.query<{ recorded: boolean }>(
        undefined,
        `with first as (
           update latchkey.secret set first_used_at = $4, last_used_at = greatest(last_used_at, $4)
            where organization_id = $1 and token_id = $2 and number = $3 and first_used_at is null returning 1
         ), free as (
           select token_id from latchkey.token
            where organization_id = $1 and token_id = $2 and exists (select 1 from first)
              and (last_used_at is null or last_used_at < $4) for no key update skip locked
         ), used as (
           update latchkey.token t set last_used_at = $4 from free
            where t.organization_id = $1 and t.token_id = free.token_id
         )
         select exists (select 1 from first) as recorded`,
        [organizationId, tokenId, secretNumber, timeOf(at)],
      );
      return rows[0]?.recorded === true;
    },

    deactivateForRemovedOwner: async (tx, organizationId, ownerId, limit, at) => {
      for (;;) {
        const rows = await database.query<TokenRow>(tx, DEACTIVATE_SLICE, [organizationId, ownerId, limit, timeOf(at)]);
        if (rows.length > 0) return rows.map(toTokenRecord);
        // Whoever waited for another worker's slice comes back with nothing, and yet there may be more.
        const left = await database.query(tx, `select 1 ${STILL_OTHERWISE} limit 1`, [organizationId, ownerId]);
        if (left.length === 0) return [];
      }
    },
  };
};

const STILL_OTHERWISE = `from latchkey.token
  where organization_id = $1 and owner_id = $2 and kind = 'personal' and state <> 'revoked'
    and deactivated_because is distinct from 'owner_removed'`;

const DEACTIVATE_SLICE = `
  with slice as (select token_id ${STILL_OTHERWISE} order by token_id limit $3 for update)
  update latchkey.token t
     set state = 'inactive', deactivated_at = $4, deactivated_because = 'owner_removed', revision = revision + 1
    from slice where t.organization_id = $1 and t.token_id = slice.token_id
  returning ${TOKEN_COLUMNS}`;

const INSERT_SECRET = `
  insert into latchkey.secret
    (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

type NewSecretOf = Parameters<TokenRepository['insert']>[3];

const secretValues = (organizationId: string, tokenId: string, secret: NewSecretOf): unknown[] => [
  ...[organizationId, tokenId, secret.number, Buffer.from(secret.digest), secret.pepperId, secret.tagKeyId],
  ...[secret.hint, timeOf(secret.createdAt)],
];

/** Rows of tokens beside their secrets, in the order of the statement, as one record for each token. */
const groupByToken = (rows: readonly (TokenRow & Partial<SecretSummaryRow>)[]): readonly TokenWithSecrets[] => {
  const groups = new Map<string, TokenWithSecrets['secrets'][number][]>();
  const tokens: TokenWithSecrets[] = [];
  for (const row of rows) {
    let secrets = groups.get(row.token_id);
    if (secrets === undefined) {
      secrets = [];
      groups.set(row.token_id, secrets);
      tokens.push({ ...toTokenRecord(row), secrets });
    }
    if (hasSecret(row)) secrets.push(toSecretSummary(row));
  }
  return tokens;
};

const hasSecret = (row: Partial<SecretSummaryRow>): row is SecretSummaryRow => typeof row.s_number === 'number';
