import type { World } from '../verify/world.ts';
import { type Backend, startWorker, untilTrue } from './workers.ts';

/** Milliseconds that each message takes from a full outbox into the queue, while the queue is worked off beside. */
export const measureRelay = async (
  world: World,
  messages: number,
  redisUrl: string | null,
): Promise<Readonly<Partial<Record<Backend, number>>>> => {
  const run = async (url: string | null): Promise<number> => {
    const worker = await startWorker(world, url);
    try {
      // Reminders that are not there: the lightest of handlers, so that it is the relay that is measured.
      await world.pool.query(
        `insert into latchkey.outbox_message (organization_id, name, payload)
         select 'acme', 'deliver-reminder', jsonb_build_object('organizationId', 'acme', 'tokenId', 'none' || n, 'kind', 'expiry',
           'anchor', 0, 'thresholdDays', 1, 'channel', 'mail') from generate_series(1, $1::int) as n`,
        [messages],
      );
      await world.pool.query('notify latchkey_outbox');
      await untilTrue('everything is relayed', async () => {
        const { rows } = await world.pool.query(
          'select 1 from latchkey.outbox_message where relayed_at is null limit 1',
        );
        return rows.length === 0;
      });
      const { rows } = await world.pool.query<{ ms: number }>(
        `select (extract(epoch from max(relayed_at) - min(created_at)) * 1000)::float8 as ms from latchkey.outbox_message
          where payload ->> 'tokenId' like 'none%'`,
      );
      return (rows[0]?.ms ?? Number.NaN) / messages;
    } finally {
      await worker.stop();
      await world.pool.query('truncate latchkey.outbox_message');
      await world.pool.query('truncate bullmq.job cascade').catch(() => undefined);
    }
  };
  const postgres = await run(null);
  return { postgres, ...(redisUrl === null ? {} : { redis: await run(redisUrl) }) };
};
