import type pg from 'pg';

/**
 * Sets how long audit events are kept, with the audit event that says so, in the trail of what concerns no single
 * organization. Said again, it changes nothing. Inside the caller's transaction.
 */
export const writeRetention = async (client: pg.Client, days: number | null): Promise<void> => {
  const { rows } = await client.query<{ days: number | null }>(
    'select audit_retention_days as days from latchkey.installation for update',
  );
  const before = rows[0]?.days ?? null;
  if (before === days) return;
  await client.query('update latchkey.installation set audit_retention_days = $1', [days]);
  await client.query(
    `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
     values ('*', clock_timestamp(), 'operator', 'latchkey-server', 'installation.retention_changed', 'organization', '*',
       jsonb_build_object('from', $1::int, 'to', $2::int))`,
    [before, days],
  );
};
