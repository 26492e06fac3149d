import { setTimeout as delay } from 'node:timers/promises';
import { type Driven, drive } from '../verify/drive.ts';
import { forwardAuthRequest } from '../verify/http-requests.ts';
import type { World } from '../verify/world.ts';
import { seedOwner } from './seed-owner.ts';
import { startWorker, untilTrue } from './workers.ts';

export interface Expiry {
  readonly tokens: number;
  /** Of tokens that expire, presented after that instant. */
  readonly presentedLate: number;
  readonly acceptedLate: number;
  readonly acceptedBefore: number;
  /** Of tokens that don't expire: while nothing happens, and while the expired ones are tidied. */
  readonly quiet: Driven;
  readonly beside: Driven;
  readonly tidiedMs: number;
}

const PRESENTED = 500;
const PER_SECOND = 200;

/** A great many tokens expire in one and the same second, some of them in use; a worker then tidies them beside. */
export const measureExpiry = async (
  world: World,
  others: readonly string[],
  tokens: number,
  redisUrl: string | null,
): Promise<Expiry> => {
  const dana = await world.signIn('acme', 'dana');
  const { token } = await dana.tokens.issue.mutate({ name: 'expires with the others' });
  const theirs = await world.multiply(await world.templateOf(token.tokenId), PRESENTED);
  // Time enough to write them: an instant that has passed before anything was presented would show nothing.
  const { rows } = await world.pool.query<{ at: Date }>(
    `select date_trunc('second', clock_timestamp() + $1::float8 * interval '1 ms') as at`,
    [60_000 + tokens * 0.25],
  );
  const expiresAt = rows[0]?.at ?? new Date();
  await seedOwner(world.pool, 'expiring', tokens - PRESENTED, expiresAt);
  const write = forwardAuthRequest(world.credential);
  const port = Number(new URL(world.url).port);
  const pick = (texts: readonly string[], index: number) => write(texts[(index * 7_919) % texts.length] as string);
  const load = { port, connections: 16, perSecond: PER_SECOND };
  const quiet = await drive({ ...load, ms: 15_000, request: (index) => pick(others, index) });

  await world.pool.query(`update latchkey.token set expires_at = $1 where name like 'expires with the others %'`, [
    expiresAt,
  ]);
  await world.pool.query(`insert into latchkey.change (organization_id, subject) values ('acme', 'organization')`);
  await world.pool.query('notify latchkey_change');
  // Late is what surely is: by the earliest that the database's clock may have shown when it was sent.
  const asked = await world.pool.query<{ now: number }>(
    'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
  );
  const earliest = (asked.rows[0]?.now ?? 0) - performance.now();
  const seen = { presentedLate: 0, acceptedLate: 0, acceptedBefore: 0 };
  const leftMs = () => expiresAt.getTime() - (earliest + performance.now());
  if (leftMs() < 5_000) throw new Error('the tokens expired before any could be presented: the machine is too busy');
  await delay(Math.max(0, leftMs() - 20_000));
  await drive({
    ...load,
    ms: leftMs() + 10_000,
    request: (index) => pick(theirs, index),
    onAnswer: ({ status, sentAt }) => {
      const isLate = earliest + sentAt >= expiresAt.getTime();
      if (isLate) seen.presentedLate += 1;
      if (status === 200) seen[isLate ? 'acceptedLate' : 'acceptedBefore'] += 1;
    },
  });

  const worker = await startWorker(world, redisUrl);
  try {
    const untidied = async () => {
      const { rows: found } = await world.pool.query(
        `select 1 from latchkey.token where organization_id = 'acme' and state <> 'revoked'
            and recorded_expiry is distinct from expires_at and expires_at <= now() limit 1`,
      );
      return found.length;
    };
    const recorded = async () => {
      const { rows: found } = await world.pool.query(
        `select 1 from latchkey.audit_event where action = 'token.expired' limit 1`,
      );
      return found.length > 0;
    };
    // The tick of the minute.
    await untilTrue('tidying has begun', recorded, 90_000);
    const begun = performance.now();
    const tidied = untilTrue('all of them are tidied', async () => (await untidied()) === 0);
    const beside = await drive({ ...load, ms: 15_000, request: (index) => pick(others, index) });
    await tidied;
    return { tokens, ...seen, quiet, beside, tidiedMs: performance.now() - begun };
  } finally {
    await worker.stop();
  }
};
