import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import type { InstallationRepository, Recallable } from './installation-repository.ts';

const COUNT = `
  select (select count(*) from latchkey.token t where t.state <> 'revoked' and t.installation_mark >= i.mark)::float8 as tokens,
         (select count(*) from latchkey.system_credential c where c.revoked_at is null and c.mark >= i.credential_mark)::float8 as credentials,
         (select count(*) from latchkey.session s where s.expires_at > clock_timestamp())::float8 as sessions
    from latchkey.installation i`;

export const createInstallationRepository = (database: Database): InstallationRepository => {
  const raise = async (tx: Tx, column: 'mark' | 'credential_mark'): Promise<number> => {
    const rows = await database.query<{ mark: number }>(
      tx,
      `update latchkey.installation set ${column} = ${column} + 1 returning ${column}::float8 as mark`,
    );
    if (rows[0] === undefined) throw new TypeError('the installation has no row: migrate first');
    return rows[0].mark;
  };
  return {
    countRecallable: async () => {
      const [counted] = await database.query<Recallable & { readonly [column: string]: unknown }>(undefined, COUNT);
      if (counted === undefined) throw new TypeError('the installation has no row: migrate first');
      return { tokens: counted.tokens, credentials: counted.credentials, sessions: counted.sessions };
    },
    recallTokens: (tx) => raise(tx, 'mark'),
    recallCredentials: (tx) => raise(tx, 'credential_mark'),
    endSessions: async (tx) => {
      await database.query(tx, 'delete from latchkey.session');
      await database.query(tx, 'delete from latchkey.sign_in_link');
    },
  };
};
