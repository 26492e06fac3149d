import type { Database } from '../database/database.ts';
import { timeOf } from '../database/time.ts';
import type { SignInLinkRepository } from './session-repository.ts';

export const createSignInLinkRepository = (database: Database): SignInLinkRepository => ({
  insert: async (tx, link) => {
    await database.query(
      tx,
      `insert into latchkey.sign_in_link (organization_id, digest, member_id, created_at, expires_at)
       values ($1, $2, $3, $4, $5)`,
      [
        ...[link.organizationId, Buffer.from(link.digest), link.memberId],
        ...[timeOf(link.createdAt), timeOf(link.expiresAt)],
      ],
    );
  },

  consume: async (tx, digest, now) => {
    // One statement: whoever waited for the winner's row lock finds `used_at` set when the condition is looked at again.
    const rows = await database.query<{ organization_id: string; member_id: string }>(
      tx,
      `update latchkey.sign_in_link set used_at = $2
        where digest = $1 and used_at is null and expires_at > $2 returning organization_id, member_id`,
      [Buffer.from(digest), timeOf(now)],
    );
    const link = rows[0];
    return link === undefined ? null : { organizationId: link.organization_id, memberId: link.member_id };
  },
});
