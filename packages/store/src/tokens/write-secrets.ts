import type { Database } from '../database/database.ts';
import { timeOf } from '../database/time.ts';
import { insertSecret } from './insert-secret.ts';
import type { TokenRepository } from './token-repository.ts';

const NOWHERE = { address: null, client: null };

export const writeSecrets = (
  database: Database,
): Pick<TokenRepository, 'addSecret' | 'spendSecrets' | 'spendUnused' | 'recordFirstUse' | 'recordUses'> => ({
  addSecret: async (tx, organizationId, tokenId, secret, superseded) => {
    await database.query(
      tx,
      `update latchkey.secret set superseded_at = $3, accepted_until = $4, cut_when_silent_ms = $5
          where organization_id = $1 and token_id = $2 and superseded_at is null`,
      [
        ...[organizationId, tokenId, timeOf(superseded.at), timeOf(superseded.acceptedUntil)],
        superseded.cutWhenSilentMs ?? null,
      ],
    );
    await insertSecret(database, tx, organizationId, tokenId, secret);
  },

  spendSecrets: async (tx, organizationId, tokenId, spent) => {
    await database.query(
      tx,
      // Locked by number first, as the flush of last uses does: two that hold one and want the other would not end.
      `with locked as (
           select number from latchkey.secret
            where organization_id = $1 and token_id = $2 and number = any ($3::int[]) order by number for no key update
         )
         update latchkey.secret s set digest = x.digest, spent = true
           from unnest($3::int[], $4::bytea[]) as x (number, digest), locked l
          where s.organization_id = $1 and s.token_id = $2 and s.number = x.number and l.number = x.number
            and not s.spent`,
      [organizationId, tokenId, spent.map(({ number }) => number), spent.map(({ digest }) => Buffer.from(digest))],
    );
  },

  spendUnused: async (tx, organizationId, tokenId, { number, digest }) => {
    const rows = await database.query(
      tx,
      `update latchkey.secret set digest = $4, spent = true
        where organization_id = $1 and token_id = $2 and number = $3 and first_used_at is null and not spent
       returning 1`,
      [organizationId, tokenId, number, Buffer.from(digest)],
    );
    return rows.length > 0;
  },

  recordFirstUse: async (organizationId, tokenId, secretNumber, at, from = NOWHERE) => {
    // The token's own column only serves a sort: where its row is locked, it waits for the next flush of last uses.
    const rows = await database.query<{ recorded: boolean }>(
      undefined,
      `with first as (
           update latchkey.secret
              set first_used_at = $4, last_used_at = greatest(last_used_at, $4), last_used_address = $5, last_used_client = $6
            where organization_id = $1 and token_id = $2 and number = $3 and first_used_at is null and not spent
            returning 1
         ), free as (
           select token_id from latchkey.token
            where organization_id = $1 and token_id = $2 and exists (select 1 from first)
              and (last_used_at is null or last_used_at < $4) for no key update skip locked
         ), used as (
           update latchkey.token t set last_used_at = $4 from free
            where t.organization_id = $1 and t.token_id = free.token_id
         )
         select exists (select 1 from first) as recorded`,
      [organizationId, tokenId, secretNumber, timeOf(at), from.address, from.client],
    );
    return rows[0]?.recorded === true;
  },

  recordUses: async (uses) => {
    if (uses.length === 0) return;
    await database.query(
      undefined,
      // A verifier's clock runs a little early, and a sibling's may be wrong: no use is later than now.
      `with used as (
           select distinct on (organization_id, token_id, number)
                  organization_id, token_id, number, least(at, clock_timestamp()) as at, address, client
             from unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::text[])
                    with ordinality as u (organization_id, token_id, number, at, address, client, place)
            order by organization_id, token_id, number, at desc, place desc
         ), locked as (
           select s.organization_id, s.token_id, s.number, u.at, u.address, u.client
             from latchkey.secret s join used u
               on u.organization_id = s.organization_id and u.token_id = s.token_id and u.number = s.number
            where s.last_used_at is null or s.last_used_at < u.at
            order by s.organization_id, s.token_id, s.number for no key update of s
         ), secrets as (
           update latchkey.secret s
              set last_used_at = l.at, last_used_address = l.address, last_used_client = l.client
             from locked l
            where s.organization_id = l.organization_id and s.token_id = l.token_id and s.number = l.number
              and (s.last_used_at is null or s.last_used_at < l.at)
         ), latest as (
           select organization_id, token_id, max(at) as at from used group by organization_id, token_id
         ), free as (
           select t.organization_id, t.token_id, l.at
             from latchkey.token t join latest l on l.organization_id = t.organization_id and l.token_id = t.token_id
            where t.last_used_at is null or t.last_used_at < l.at
            order by t.organization_id, t.token_id for no key update of t skip locked
         )
         update latchkey.token t set last_used_at = f.at from free f
          where t.organization_id = f.organization_id and t.token_id = f.token_id`,
      [
        uses.map(({ organizationId }) => organizationId),
        uses.map(({ tokenId }) => tokenId),
        uses.map(({ secretNumber }) => secretNumber),
        uses.map(({ at }) => timeOf(at)),
        uses.map(({ address }) => address),
        uses.map(({ client }) => client),
      ],
    );
  },
});
