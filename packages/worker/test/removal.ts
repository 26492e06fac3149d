import { randomUUID } from 'node:crypto';
import type { Installation } from './installation.ts';

/** A member with that many active personal tokens, and one service token of its making, each in the audit trail. */
export const addMember = async (
  { query, organizationId }: Installation,
  tokenCount: number,
  { issuedAt = Date.now(), expiresAt = null }: { readonly issuedAt?: number; readonly expiresAt?: number | null } = {},
): Promise<string> => {
  const memberId = `member-${randomUUID()}`;
  await query(
    `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id,
       permissions, address_ranges, created_at, expires_at, installation_mark, organization_mark, owner_mark)
     select $1, 'aB3' || substr(md5($2 || n), 1, 13), case when n = 0 then 'service' else 'personal' end, $2 || n, $2 || n,
       'active', case when n > 0 then $2 end, 'member', $2,
       case when n = 0 then '{"type":"frozen"}' else '{"type":"inherit"}' end::json, '{}',
       to_timestamp($4::float8 / 1000), case when n > 0 then to_timestamp($5::float8 / 1000) end, 0, 0, 0
     from generate_series(0, $3::int) as n`,
    [organizationId, memberId, tokenCount, issuedAt, expiresAt],
  );
  await query(
    `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
     select organization_id, created_at, 'member', issuer_id, 'token.issued', 'token', token_id, '{}'
       from latchkey.token where issuer_id = $1`,
    [memberId],
  );
  return memberId;
};

/** What the API commits when a member is removed, as far as the worker is concerned. */
export const removeMember = (
  { store, organizationId }: Installation,
  memberId: string,
  at = Date.now(),
): Promise<void> =>
  store.unitOfWork.run(async (tx) => {
    const { mark, closedAt } = await store.ownerGates.close(tx, organizationId, memberId, at);
    await store.audit.append(tx, [
      {
        ...{ organizationId, at: closedAt ?? 0, action: 'member.removed', reason: null, address: null, client: null },
        actor: { type: 'member', id: 'member-admin' },
        target: { type: 'member', id: memberId },
        ...{ requestId: 'request-1', details: { mark } },
      },
    ]);
    await store.outbox.add(tx, organizationId, 'cascade-member-removal', payloadFor(organizationId, memberId));
  });

export const payloadFor = (organizationId: string, memberId: string) => ({
  organizationId,
  memberId,
  removedBy: { type: 'member' as const, id: 'member-admin' },
  requestId: 'request-1',
});

/** Where a member's tokens have arrived; `events` counts tokens by how many audit events each has. */
export const arrivedAt = async ({ query }: Installation, memberId: string) => {
  const [row] = await query<{ state: string; active: number; inactive: number; services: number; events: unknown }>(
    `select count(*) filter (where kind = 'personal' and state = 'active')::int as active,
            count(*) filter (where kind = 'personal' and state = 'inactive' and deactivated_because = 'owner_removed')::int as inactive,
            count(*) filter (where kind = 'service' and state = 'active')::int as services,
            (select coalesce(jsonb_object_agg(c, n), '{}') from (select c::text, count(*) as n from (
               select count(*) as c from latchkey.audit_event e where e.action = 'token.deactivated'
                 and e.target_id in (select token_id from latchkey.token where issuer_id = $1) group by e.target_id) x
             group by c) y) as events
       from latchkey.token where issuer_id = $1`,
    [memberId],
  );
  if (row === undefined) throw new Error('no row');
  return row;
};

export const allOf = (tokenCount: number) => ({
  active: 0,
  inactive: tokenCount,
  services: 1,
  events: { '1': tokenCount },
});
