import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { timeOf } from '../database/time.ts';
import { gatherLookUps } from './gather-look-ups.ts';
import { type InUseRow, LIST_OWNED, LIST_SERVICE_ISSUED_BY, toTokenInUse } from './list-for-removal.ts';
import { limitOf } from './list-query.ts';
import { type Ask, listTokens } from './list-tokens.ts';
import { LOOK_UP, LOOK_UP_OF_ORGANIZATION, type LookUpRow, toTokenLookup } from './look-up.ts';
import { groupByToken } from './rows-by-token.ts';
import type { TokenWithDigests, TokenWithSecrets } from './token-record.ts';
import type { NamedPermissions, TokenRepository, TokensInUse } from './token-repository.ts';
import {
  SECRET_COLUMNS,
  SECRET_SUMMARY_COLUMNS,
  type SecretRow,
  type SecretSummaryRow,
  TOKEN_COLUMNS,
  type TokenRow,
  toSecretRecord,
  toTokenRecord,
} from './token-rows.ts';

const THIS = 't.organization_id = $1 and t.token_id = $2';

type Reading = Pick<
  TokenRepository,
  | 'lookUp'
  | 'find'
  | 'findForUpdate'
  | 'findManyForUpdate'
  | 'lockForShare'
  | 'list'
  | 'listSome'
  | 'listOfOwners'
  | 'listForRemoval'
  | 'listNaming'
  | 'isNameTaken'
>;

export const readTokens = (database: Database): Reading => {
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

  const gathered = gatherLookUps(database);
  const ask: Ask = (text, values) => database.query(undefined, text, [...values]);

  return {
    find,

    lookUp: async (tokenId, tx) =>
      tx === undefined ? gathered(tokenId) : toTokenLookup(await database.query<LookUpRow>(tx, LOOK_UP, [tokenId])),

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

    findManyForUpdate: async (organizationId, tokenIds, tx) => {
      const tokens = await database.query<TokenRow>(
        tx,
        `select ${TOKEN_COLUMNS} from latchkey.token t
          where t.organization_id = $1 and t.token_id = any ($2::text[]) order by t.token_id for update`,
        [organizationId, tokenIds],
      );
      const secrets = await database.query<SecretRow & { readonly token_id: string }>(
        tx,
        `select s.token_id, ${SECRET_COLUMNS} from latchkey.secret s
          where s.organization_id = $1 and s.token_id = any ($2::text[]) and not s.spent order by s.number desc`,
        [organizationId, tokenIds],
      );
      return tokens.map((token) => ({
        ...toTokenRecord(token),
        secrets: secrets.filter(({ token_id }) => token_id === token.token_id).map(toSecretRecord),
      }));
    },

    lockForShare: async (organizationId, tokenId, tx) => {
      await database.query(tx, `select 1 from latchkey.token t where ${THIS} for share`, [organizationId, tokenId]);
      return toTokenLookup(await database.query<LookUpRow>(tx, LOOK_UP_OF_ORGANIZATION, [tokenId, organizationId]));
    },

    list: async (organizationId, page) => {
      const tokens: TokenWithSecrets[] = [];
      const limit = limitOf(page);
      for (let { after } = page; ; ) {
        const rest = { ...page, limit: limit - tokens.length, ...(after === undefined ? {} : { after }) };
        const found = await listTokens(ask, organizationId, rest);
        tokens.push(...found.tokens);
        if (found.goOn === null) return tokens;
        after = found.goOn;
      }
    },

    listSome: (organizationId, page) => listTokens(ask, organizationId, page),

    listOfOwners: async (organizationId, ownerIds, limit, now) => {
      const rows = await database.query<{ token_id: string; name: string; owner_id: string; total: number }>(
        undefined,
        `select token_id, name, owner_id, (count(*) over ())::float8 as total from latchkey.token
          where organization_id = $1 and kind = 'personal' and owner_id = any ($2::text[])
            and state <> 'revoked' and (expires_at is null or expires_at > $3::timestamptz)
          order by created_at desc, token_id desc limit $4::int`,
        [organizationId, ownerIds, timeOf(now), limit],
      );
      return {
        tokens: rows.map(({ token_id, name, owner_id }) => ({ tokenId: token_id, name, ownerId: owner_id })),
        total: rows[0]?.total ?? 0,
      };
    },

    listForRemoval: async (organizationId, memberId, limit, now) => {
      const list = async (text: string): Promise<TokensInUse> => {
        const rows = await database.query<InUseRow>(undefined, text, [organizationId, memberId, timeOf(now), limit]);
        return { tokens: rows.map(toTokenInUse), total: rows[0]?.total ?? 0 };
      };
      return { ending: await list(LIST_OWNED), goingOn: await list(LIST_SERVICE_ISSUED_BY) };
    },

    listNaming: async (organizationId, policyId, tx) => {
      const rows = await database.query<{ owner_id: string; permissions: NamedPermissions }>(
        tx,
        `select distinct owner_id, permissions::jsonb as permissions from latchkey.token
          where organization_id = $1 and kind = 'personal' and state <> 'revoked'
            and permissions ->> 'type' = 'policies' and jsonb_exists(permissions::jsonb -> 'policyIds', $2)`,
        [organizationId, policyId],
      );
      return rows.map(({ owner_id, permissions }) => ({ ownerId: owner_id, permissions }));
    },

    isNameTaken: async (organizationId, key, tx) => {
      const rows = await database.query(
        tx,
        `select 1 from latchkey.token where organization_id = $1 and name_key = $2 and state <> 'revoked' limit 1`,
        [organizationId, key],
      );
      return rows.length > 0;
    },
  };
};
