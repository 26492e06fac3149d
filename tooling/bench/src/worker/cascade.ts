import { openStore } from '@latchkey/store';
import pg from 'pg';
import type { World } from '../verify/world.ts';
import { seedOwner } from './seed-owner.ts';
import { type Backend, startWorker, untilTrue } from './workers.ts';

/** As the worker's own: `cascadeSliceSize`. */
const BATCH = 100;

/** What nobody can do with less: the same rows, the same events, the same batches, and nothing else. */
const PLAIN = `
  with slice as (
    select token_id from latchkey.token
     where organization_id = 'acme' and owner_id = $1 and kind = 'personal' and state <> 'revoked'
       and deactivated_because is distinct from 'owner_removed' and token_id > $2
     order by token_id limit ${BATCH} for update
  ), changed as (
    update latchkey.token t
       set state = 'inactive', deactivated_at = now(), deactivated_because = 'owner_removed', revision = revision + 1
      from slice where t.organization_id = 'acme' and t.token_id = slice.token_id
    returning t.token_id
  ), told as (
  insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
  select 'acme', now(), 'worker', 'bench', 'token.deactivated', 'token', token_id, '{"because":"owner_removed"}' from changed
  returning target_id
  )
  select max(target_id) as last from told`;

const plain = async (world: World, ownerId: string): Promise<number> => {
  const client = new pg.Client({ connectionString: world.urlOf('worker') });
  await client.connect();
  const begun = performance.now();
  let after: string | null = '';
  while (after !== null) {
    await client.query('begin');
    const slice: pg.QueryResult<{ last: string | null }> = await client.query(PLAIN, [ownerId, after]);
    await client.query('commit');
    after = slice.rows[0]?.last ?? null;
  }
  const ms = performance.now() - begun;
  await client.end();
  return ms;
};

const cascade = async (world: World, ownerId: string, redisUrl: string | null): Promise<number> => {
  const worker = await startWorker(world, redisUrl);
  const store = await openStore({ url: world.adminUrl, applicationName: 'bench' });
  try {
    await store.unitOfWork.run(async (tx) => {
      await store.ownerGates.close(tx, 'acme', ownerId, Date.now());
      await store.outbox.add(tx, 'acme', 'cascade-member-removal', {
        ...{ organizationId: 'acme', memberId: ownerId, requestId: null },
        removedBy: { type: 'member', id: 'olivia' },
      });
    });
    return await untilTrue('the cascade is done', async () => {
      const { rows } = await world.pool.query(
        `select 1 from latchkey.outbox_message where payload ->> 'memberId' = $1 and done_at is not null`,
        [ownerId],
      );
      return rows.length > 0;
    });
  } finally {
    await store.close();
    await worker.stop();
  }
};

export interface Cascade {
  readonly tokens: number;
  /** Before and after the others, because the machine is not the same all the time. */
  readonly plainMs: readonly [number, number];
  readonly cascadeMs: Readonly<Partial<Record<Backend, number>>>;
}

/** The removal of a member with a great many tokens, by the worker and by hand, in one database, one after the other. */
export const measureCascades = async (world: World, tokens: number, redisUrl: string | null): Promise<Cascade> => {
  const run = async (ownerId: string, work: (ownerId: string) => Promise<number>) => {
    await seedOwner(world.pool, ownerId, tokens);
    const ms = await work(ownerId);
    await world.pool.query('vacuum analyze latchkey.token');
    console.log(`cascade ${ownerId}: ${Math.round(ms)} ms`);
    return ms;
  };
  const before = await run('plain-before', (id) => plain(world, id));
  const postgres = await run('on-postgres', (id) => cascade(world, id, null));
  const redis = redisUrl === null ? {} : { redis: await run('on-redis', (id) => cascade(world, id, redisUrl)) };
  const after = await run('plain-after', (id) => plain(world, id));
  return { tokens, plainMs: [before, after], cascadeMs: { postgres, ...redis } };
};
