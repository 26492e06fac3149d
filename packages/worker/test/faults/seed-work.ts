import type { Installation } from '../installation.ts';
import { addMember, removeMember } from '../removal.ts';

const DAY = 86_400_000;

/** Work for every handler and every schedule, as it has gathered by `now`, with its audit events. */
export const seedWork = async (installation: Installation, now: number) => {
  const { query, organizationId } = installation;
  const chosen = { idleDays: 60, rotationAgeDays: 40, reminderDays: [30, 7, 1] };
  await query('insert into latchkey.settings (organization_id, chosen, revision) values ($1, $2, 1)', [
    organizationId,
    chosen,
  ]);
  const leaver = await addMember(installation, 120, { issuedAt: now - DAY });
  await removeMember(installation, leaver, now - 1_000);
  const expired = await addMember(installation, 30, { issuedAt: now - 40 * DAY, expiresAt: now - DAY });
  const expiring = await addMember(installation, 30, { issuedAt: now - 20 * DAY, expiresAt: now + 6 * DAY });
  const idle = await addMember(installation, 20, { issuedAt: now - 70 * DAY });
  const rotated = await addMember(installation, 20, { issuedAt: now - 3 * DAY });
  await addSecrets(installation, [expired, expiring, idle], 1, now);
  await addSecrets(installation, [rotated], 2, now);
  // A warning of idleness that has stood for its time.
  await query(
    `insert into latchkey.reminder (organization_id, token_id, kind, anchor, threshold_days, channel, created_at, settled_at, settled_as)
     select organization_id, token_id, 'idle', created_at, 60, 'console', created_at, created_at, 'sent'
       from latchkey.token where owner_id = $1`,
    [idle],
  );
  await query(
    `insert into latchkey.idempotency_key (organization_id, actor_type, actor_id, procedure, key, digest, kept, created_at)
     select $1, 'member', 'ada', 'tokens.issue', n::text, decode(repeat('ab', 32), 'hex'), 'null', to_timestamp($2::float8 / 1000)
       from generate_series(1, 20) as n`,
    [organizationId, now - 2 * DAY],
  );
  return { leaver, expired, expiring, idle, rotated };
};

/** The second one in use for two hours, the first one silent since: to be cut once it has been for a minute. */
const addSecrets = async (
  { query, organizationId }: Installation,
  owners: readonly string[],
  count: number,
  now: number,
): Promise<void> => {
  await query(
    `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at,
       superseded_at, accepted_until, first_used_at, cut_when_silent_ms)
     select t.organization_id, t.token_id, n, decode(repeat('ab', 32), 'hex'), 'p', 't', 'hint',
            case n when 1 then t.created_at else to_timestamp($4::float8 / 1000) end,
            case when n < $3::int then to_timestamp($4::float8 / 1000) end,
            case when n < $3::int then to_timestamp($4::float8 / 1000) + interval '9 h' end,
            case n when 2 then to_timestamp($4::float8 / 1000) end, case when n < $3::int then 60000 end
       from latchkey.token t, generate_series(1, $3::int) as n where t.organization_id = $1 and t.owner_id = any ($2)`,
    [organizationId, owners, count, now - 2 * 3_600_000],
  );
  await query(
    `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
     select organization_id, created_at, 'member', 'ada', 'token.rotated', 'token', token_id, '{}'
       from latchkey.secret where number > 1 and hint = 'hint' and token_id in
         (select token_id from latchkey.token where owner_id = any ($1))`,
    [owners],
  );
};
