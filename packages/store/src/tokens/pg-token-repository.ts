import type { Database } from '../database/database.ts';
import { endSecrets } from './end-secrets.ts';
import { readTokens } from './read-tokens.ts';
import type { TokenRepository } from './token-repository.ts';
import { writeSecrets } from './write-secrets.ts';
import { writeTokens } from './write-tokens.ts';

export const createTokenRepository = (database: Database): TokenRepository => {
  const reading = readTokens(database);
  return { ...reading, ...writeTokens(database, reading.find), ...writeSecrets(database), ...endSecrets(database) };
};
