import type { TokenWithSecrets } from './token-record.ts';
import { type SecretSummaryRow, type TokenRow, toSecretSummary, toTokenRecord } from './token-rows.ts';

/** Rows of tokens beside their secrets, in the order of the statement, as one record for each token. */
export const groupByToken = (rows: readonly (TokenRow & Partial<SecretSummaryRow>)[]): readonly TokenWithSecrets[] => {
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
