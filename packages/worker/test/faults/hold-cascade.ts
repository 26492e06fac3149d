import { awaitUntil } from '../await-until.ts';
import type { Installation } from '../installation.ts';

/** Lets cascades commit that many tokens in all; each then stands still, in the middle of a transaction, until released. */
export const holdAfter = async (installation: Pick<Installation, 'query'>, tokenCount: number) => {
  await installation.query(`
    create or replace function hold() returns trigger language plpgsql security definer as $$ begin
      if (select count(*) from latchkey.audit_event where action = 'token.deactivated') >= ${tokenCount} then
        perform pg_advisory_xact_lock_shared(4242);
      end if;
      return null;
    end $$;
    create or replace trigger hold before update on latchkey.token for each statement execute function hold();
  `);
  await installation.query('select pg_advisory_lock(4242)');
  return {
    reached: () =>
      awaitUntil('the cascade stands still', async () => {
        const waiting = await installation.query("select 1 from pg_locks where locktype = 'advisory' and not granted");
        return waiting.length > 0;
      }),
    release: async () => {
      await installation.query('select pg_advisory_unlock_all()');
      await installation.query('drop trigger hold on latchkey.token');
    },
  };
};
