import { findPgBouncer, startPgBouncer } from '@latchkey/embedded';
import { openStore } from '@latchkey/store';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { findBroken, untilAllDone } from './broken.ts';
import { type Installation, openInstallation } from './installation.ts';
import { addMember, allOf, arrivedAt, removeMember } from './removal.ts';
import { missPart } from './required.ts';
import { startWorkerProcess } from './worker-process.ts';

const program = findPgBouncer();
if (program === undefined) {
  missPart('pgbouncer', 'the worker behind PgBouncer', 'install PgBouncer (Debian: apt-get install pgbouncer)');
}

describe.skipIf(program === undefined)('behind PgBouncer in transaction mode', { timeout: 120_000 }, () => {
  let installation: Installation;
  const closers: (() => Promise<unknown>)[] = [];
  let through: (url: string) => string;
  let superuserUrl: string;
  beforeEach(async () => {
    installation = await openInstallation();
    closers.push(() => installation.close());
    const superuser = new URL(inject('postgresUrl'));
    superuser.pathname = new URL(installation.workerUrl).pathname;
    superuserUrl = superuser.href;
    const pooler = await startPgBouncer(program ?? '', [installation.workerUrl, superuserUrl]);
    closers.push(pooler.stop);
    through = pooler.through;
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('the worker does its work; what needs a session of its own goes past it by DATABASE_DIRECT_URL', async () => {
    const worker = startWorkerProcess({
      DATABASE_URL: through(installation.workerUrl),
      DATABASE_DIRECT_URL: installation.workerUrl,
    });
    closers.push(() => worker.end('SIGKILL'));
    await worker.saying('worker ready');
    const members = await Promise.all([addMember(installation, 250), addMember(installation, 250)]);
    for (const memberId of members) await removeMember(installation, memberId);
    await untilAllDone(installation);
    for (const memberId of members) expect(await arrivedAt(installation, memberId)).toEqual(allOf(250));
    expect(await findBroken(installation)).toEqual([]);
    expect(worker.output()).not.toContain('"level":50');
    expect(await worker.end('SIGTERM')).toBe(0);
  });

  it('a look-up that is prepared goes on where the pooler has forgotten it', async () => {
    const store = await openStore({ url: through(superuserUrl), applicationName: 'worker-tests' });
    closers.push(() => store.close());
    // Somebody keeps sessions of the pooler busy, so that one connection is given one session after the other.
    const busy = await Promise.all(
      [1, 2, 3].map(async () => {
        const client = new pg.Client({ connectionString: through(superuserUrl) });
        await client.connect();
        return client;
      }),
    );
    closers.push(() => Promise.all(busy.map((client) => client.end())));
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(busy.map((client) => client.query(round % 2 === 0 ? 'begin' : 'commit')));
      const looks = await Promise.all([1, 2, 3, 4].map(() => store.tokens.lookUp('aB3aaaaaaaaaaaaa')));
      expect(looks).toEqual([null, null, null, null]);
    }
  });
});
