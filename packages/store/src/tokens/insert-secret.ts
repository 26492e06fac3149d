import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { timeOf } from '../database/time.ts';
import type { NewSecret } from './token-repository.ts';

const INSERT_SECRET = `
  insert into latchkey.secret
    (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

export const insertSecret = async (
  database: Database,
  tx: Tx,
  organizationId: string,
  tokenId: string,
  secret: NewSecret,
): Promise<void> => {
  await database.query(tx, INSERT_SECRET, [
    ...[organizationId, tokenId, secret.number, Buffer.from(secret.digest), secret.pepperId, secret.tagKeyId],
    ...[secret.hint, timeOf(secret.createdAt)],
  ]);
};
