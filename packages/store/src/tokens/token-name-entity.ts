import { defineEntity, p } from '@mikro-orm/core';
import { TokenEntity } from './token-entity.ts';

/**
 * A token's name, apart from the token, so that the uses that are written to a token don't touch the index by which names
 * are searched. A trigger of `token` keeps it, in the transaction that names or renames.
 */
export const TokenNameEntity = defineEntity({
  name: 'TokenName',
  tableName: 'token_name',
  schema: 'latchkey',
  properties: {
    token: () =>
      p
        .manyToOne(TokenEntity)
        .primary()
        .fieldNames('organization_id', 'token_id')
        .foreignKeyName('token_name_token')
        .updateRule('no action')
        .deleteRule('cascade'),
    nameKey: p.text(),
    /** What `gramsOf` gives of the key, each behind the organization's routing key. */
    grams: p.array().columnType('text[]'),
  },
  indexes: [
    {
      name: 'token_name_by_grams',
      expression: 'create index token_name_by_grams on latchkey.token_name using gin (grams) with (fastupdate = off)',
    },
  ],
});
