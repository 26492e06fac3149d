import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { IdempotencyKeys, IdempotencyScope } from './idempotency-keys.ts';

const KEPT_MS = 24 * 60 * 60 * 1000;

/** BOUNDED-WORK: as many as one actor may have at a time. */
const MAX_KEYS_OF_ACTOR = 2_000;

/** What is tidied on the way by each new key, so that the table doesn't outgrow its use where no worker runs. */
const TIDIED_ON_THE_WAY = 4;

const OF_ACTOR = 'organization_id = $1 and actor_type = $2 and actor_id = $3';
const THIS = `${OF_ACTOR} and procedure = $4 and key = $5`;

const valuesOf = ({ organizationId, actor, procedure, key }: IdempotencyScope): unknown[] => [
  organizationId,
  actor.type,
  actor.id,
  procedure,
  key,
];

// SKIP LOCKED: tidying waits for nobody, and so takes no part in any deadlock.
const EXPIRED = `
  delete from latchkey.idempotency_key k
   using (select organization_id, actor_type, actor_id, procedure, key from latchkey.idempotency_key
           where created_at < $1 order by created_at limit $2 for update skip locked) x
   where k.organization_id = x.organization_id and k.actor_type = x.actor_type and k.actor_id = x.actor_id
     and k.procedure = x.procedure and k.key = x.key
  returning 1`;

export const createIdempotencyKeys = (database: Database): IdempotencyKeys => ({
  claim: async (tx, scope, digest, now) => {
    const before = timeOf(now - KEPT_MS);
    await database.query(tx, `delete from latchkey.idempotency_key where ${THIS} and created_at < $6`, [
      ...valuesOf(scope),
      before,
    ]);
    const inserted = await database.query(
      tx,
      `insert into latchkey.idempotency_key
         (organization_id, actor_type, actor_id, procedure, key, digest, kept, created_at)
       values ($1, $2, $3, $4, $5, $6, 'null', $7) on conflict do nothing returning 1`,
      [...valuesOf(scope), Buffer.from(digest), timeOf(now)],
    );
    if (inserted.length === 0) {
      const rows = await database.query<{ digest: Uint8Array; kept: unknown }>(
        tx,
        // Locked: of several that repeat, each reads what the one before has kept.
        `select digest, kept from latchkey.idempotency_key where ${THIS} for update`,
        valuesOf(scope),
      );
      // Somebody tidied it in between: as good as an outage, and the caller tries again.
      if (rows[0] === undefined) throw new TypeError('an idempotency key ended while it was read');
      return { outcome: 'repeated', digest: rows[0].digest, kept: rows[0].kept };
    }
    await database.query(tx, EXPIRED, [before, TIDIED_ON_THE_WAY]);
    const held = await database.query<{ count: number; oldest: number }>(
      tx,
      `select count(*)::int as count, ${msOf('min(created_at)')} as oldest from (
         select created_at from latchkey.idempotency_key where ${OF_ACTOR} and created_at >= $4 limit $5
       ) k`,
      [...valuesOf(scope).slice(0, 3), before, MAX_KEYS_OF_ACTOR + 1],
    );
    const { count, oldest } = held[0] ?? { count: 0, oldest: now };
    return count > MAX_KEYS_OF_ACTOR ? { outcome: 'too_many', until: oldest + KEPT_MS } : { outcome: 'first' };
  },

  keep: async (tx, scope, kept) => {
    await database.query(tx, `update latchkey.idempotency_key set kept = $6::jsonb where ${THIS}`, [
      ...valuesOf(scope),
      JSON.stringify(kept),
    ]);
  },

  removeExpired: async (limit, now) => {
    const rows = await database.query(undefined, EXPIRED, [timeOf(now - KEPT_MS), limit]);
    return rows.length;
  },
});
