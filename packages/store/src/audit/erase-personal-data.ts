import { randomUUID } from 'node:crypto';
import { ERASURE_ACTION } from '@latchkey/core/audit';
import type pg from 'pg';
import { asAdmin, inAdminTransaction } from '../database/admin.ts';

export interface ErasureOptions {
  /** Of a role that may update audit events: none of the programs' roles may. */
  readonly adminUrl: string;
  readonly organizationId: string;
  /** Whose data: what this member did, and what was done with its personal tokens. */
  readonly memberId: string;
  /** For the trail: who asked for it, and why. Without personal data. */
  readonly reason: string;
}

/** What one event of the trail names at most. */
const SLICE = 500;

/**
 * Erases reason, address and client from a member's audit events, and the salt with them: what the chain covers is their
 * digest, which then leads back to nothing. Each slice commits with the audit event that records it; only sealed events
 * are touched, so that what is erased has been chained before. Said again, it goes on where it stopped.
 * @returns how many events it was
 */
export const erasePersonalData = (options: ErasureOptions): Promise<{ readonly erasedCount: number }> =>
  asAdmin(options.adminUrl, async (client) => {
    for (let erasedCount = 0; ; ) {
      let count = 0;
      await inAdminTransaction(client, async () => {
        count = await eraseSlice(client, options);
      });
      erasedCount += count;
      if (count < SLICE) return { erasedCount };
    }
  });

const eraseSlice = async (client: pg.Client, { organizationId, memberId, reason }: ErasureOptions): Promise<number> => {
  const erasure = randomUUID();
  const { rows } = await client.query<{ event_id: string }>(ERASE, [organizationId, memberId, erasure, SLICE]);
  if (rows.length === 0) return 0;
  await client.query(RECORD, [
    organizationId,
    erasure,
    ERASURE_ACTION,
    memberId,
    reason,
    JSON.stringify({ eventIds: rows.map(({ event_id }) => event_id) }),
  ]);
  return rows.length;
};

const ERASE = `
  with chosen as (
    select e.organization_id, e.at, e.event_id, e.sealed_month from latchkey.audit_event e
     where e.organization_id = $1 and e.salt is not null
       and (e.actor_type = 'member' and e.actor_id = $2
            or e.actor_type = 'token' and exists (
                 select from latchkey.token t
                  where t.organization_id = e.organization_id and t.token_id = e.actor_id and t.owner_id = $2)
            or e.actor_type = 'token' and exists (
                 -- Of a token whose tombstone was purged the trail alone knows the owner.
                 select from latchkey.audit_event p
                  where p.organization_id = e.organization_id and p.target_id = e.actor_id and p.action = 'token.purged'
                    and p.details ->> 'ownerId' = $2))
       and exists (select from latchkey.audit_seal s
                    where s.organization_id = e.organization_id and s.at = e.at and s.event_id = e.event_id
                      and s.sealed_month = e.sealed_month)
     order by e.at, e.event_id limit $4
  )
  update latchkey.audit_event e set reason = null, address = null, client = null, salt = null, erased_by = $3
    from chosen c
   where e.organization_id = c.organization_id and e.at = c.at and e.event_id = c.event_id
     and e.sealed_month = c.sealed_month
  returning e.event_id`;

const RECORD = `
  insert into latchkey.audit_event (organization_id, at, event_id, actor_type, actor_id, action, target_type, target_id,
    reason, details)
  values ($1, clock_timestamp(), $2, 'operator', 'latchkey-server', $3, 'member', $4, $5, $6::jsonb)`;
