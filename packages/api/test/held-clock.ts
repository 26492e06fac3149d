import type { Instant } from '@latchkey/core';
import { openStore } from '@latchkey/store';
import { type Installation, type InstallationOptions, openInstallation } from './installation.ts';

/** An installation whose database's clock stands still until somebody sets it. */
export interface HeldClock {
  readonly installation: Installation;
  setClock(instant: Instant): Promise<void>;
}

/**
 * `clock_timestamp()` of this one database is a stored instant: its own function stands before PostgreSQL's in the search
 * path. So time is a parameter, to the millisecond, and what the server's process believes of it is another matter.
 */
export const openWithHeldClock = async (instant: Instant, options: InstallationOptions = {}): Promise<HeldClock> => {
  const installation = await openInstallation({
    prepare: async (adminUrl) => {
      await holdClock(adminUrl, instant);
      await options.prepare?.(adminUrl);
    },
  });
  return {
    installation,
    setClock: async (next) => {
      await installation.sql('update held_clock.at set instant = to_timestamp(?::float8 / 1000)', [next]);
    },
  };
};

const holdClock = async (adminUrl: string, instant: Instant): Promise<void> => {
  const admin = await openStore({ url: adminUrl, applicationName: 'api-test-clock', poolMax: 1 });
  try {
    const em = admin.entityManager();
    await em.execute('create schema held_clock');
    await em.execute('create table held_clock.at (instant timestamptz not null)');
    await em.execute('insert into held_clock.at values (to_timestamp(?::float8 / 1000))', [instant]);
    await em.execute(`create function held_clock.clock_timestamp() returns timestamptz
      language sql volatile as 'select instant from held_clock.at'`);
    await em.execute('grant usage on schema held_clock to public');
    await em.execute('grant select, update on held_clock.at to public');
    const [row] = await em.execute<{ name: string }[]>('select current_database() as name');
    await em.execute(`alter database "${row?.name}" set search_path = held_clock, pg_catalog, public`);
  } finally {
    await admin.close();
  }
};
