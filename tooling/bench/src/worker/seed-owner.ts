import type { Pool } from 'pg';

/** Rows of a member's tokens, and nothing that could be presented: only the rows matter to whoever tidies them. */
export const seedOwner = async (
  pool: Pool,
  ownerId: string,
  count: number,
  expiresAt: Date | null = null,
): Promise<void> => {
  const slice = 100_000;
  for (let from = 1; from <= count; from += slice) {
    await pool.query(
      `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id,
         permissions, address_ranges, created_at, expires_at, installation_mark, organization_mark, owner_mark)
       select 'acme', o.routing_key || substr(md5($1 || n), 1, 13), 'personal', $1 || n, $1 || n, 'active', $1, 'member', $1,
              '{"type":"inherit","manageTokens":false}', '{}', now() - interval '60 d', $2, 0, 0, 0
         from generate_series($3::int, $4::int) as n, latchkey.organization o where o.organization_id = 'acme'`,
      [ownerId, expiresAt, from, Math.min(count, from + slice - 1)],
    );
  }
  await pool.query('vacuum analyze latchkey.token');
};
