import type { Tx } from '@latchkey/core';
import { nameKey } from '@latchkey/core/lifecycle';
import type { Database } from '../database/database.ts';
import { sqlStateOf } from '../database/failure.ts';
import { timeOf, timeOrNull } from '../database/time.ts';
import { insertSecret } from './insert-secret.ts';
import type { TokenWithSecrets } from './token-record.ts';
import { NameTaken, RevisionConflict, type TokenRepository } from './token-repository.ts';
import { TOKEN_COLUMNS, type TokenRow, toTokenRecord } from './token-rows.ts';
import { changeColumns } from './update-columns.ts';

type Writing = Pick<TokenRepository, 'insert' | 'update' | 'deactivateForRemovedOwner'>;

export const writeTokens = (database: Database, find: TokenRepository['find']): Writing => {
  const get = async (tx: Tx, organizationId: string, tokenId: string): Promise<TokenWithSecrets> => {
    const token = await find(organizationId, tokenId, tx);
    if (token === null) throw new TypeError(`token ${tokenId} has just been written and is not there`);
    return token;
  };

  return {
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
      await insertSecret(database, tx, token.organizationId, token.tokenId, secret);
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

    deactivateForRemovedOwner: async (tx, organizationId, ownerId, limit, at, after = '') => {
      const rows = await database.query<TokenRow>(tx, DEACTIVATE_SLICE, [
        ...[organizationId, ownerId, limit, timeOf(at), after],
      ]);
      return rows.map(toTokenRecord);
    },
  };
};

/**
 * Whoever has to wait for another worker's slice goes on to the next one: PostgreSQL locks, looks again and only then
 * counts to the limit. With SKIP LOCKED an empty answer would not mean that nothing is left.
 */
const DEACTIVATE_SLICE = `
  with slice as (
    select token_id from latchkey.token
     where organization_id = $1 and owner_id = $2 and kind = 'personal' and state <> 'revoked'
       and deactivated_because is distinct from 'owner_removed' and token_id > $5
     order by token_id limit $3 for update
  ), changed as (
  update latchkey.token t
     set state = 'inactive', deactivated_at = $4, deactivated_because = 'owner_removed', revision = revision + 1
    from slice where t.organization_id = $1 and t.token_id = slice.token_id
  returning ${TOKEN_COLUMNS}
  )
  select * from changed order by token_id`;
