import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { SessionRecord, SessionRepository } from './session-repository.ts';

interface Row {
  readonly digest: Uint8Array;
  readonly organization_id: string;
  readonly member_id: string;
  readonly created_at: number;
  readonly last_seen_at: number;
  readonly expires_at: number;
}

const toRecord = (row: Row): SessionRecord => ({
  digest: row.digest,
  organizationId: row.organization_id,
  memberId: row.member_id,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  expiresAt: row.expires_at,
});

export const createSessionRepository = (database: Database): SessionRepository => ({
  insert: async (tx, session) => {
    await database.query(
      tx,
      `insert into latchkey.session (organization_id, digest, member_id, created_at, last_seen_at, expires_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [
        ...[session.organizationId, Buffer.from(session.digest), session.memberId, timeOf(session.createdAt)],
        ...[timeOf(session.lastSeenAt), timeOf(session.expiresAt)],
      ],
    );
  },

  find: async (digest) => {
    const rows = await database.queryPrepared<Row>(
      'session-find',
      `select digest, organization_id, member_id, ${msOf('created_at')} as created_at,
              ${msOf('last_seen_at')} as last_seen_at, ${msOf('expires_at')} as expires_at
         from latchkey.session where digest = $1`,
      [Buffer.from(digest)],
    );
    return rows[0] === undefined ? null : toRecord(rows[0]);
  },

  touch: async (digest, at) => {
    await database.query(
      undefined,
      'update latchkey.session set last_seen_at = $2 where digest = $1 and last_seen_at < $2',
      [Buffer.from(digest), timeOf(at)],
    );
  },

  remove: async (tx, digest) => {
    await database.query(tx, 'delete from latchkey.session where digest = $1', [Buffer.from(digest)]);
  },

  removeAllOf: async (tx, organizationId, memberId) => {
    await database.query(tx, 'delete from latchkey.session where organization_id = $1 and member_id = $2', [
      organizationId,
      memberId,
    ]);
  },

  removeEnded: async (before) => {
    const rows = await database.query<{ count: number }>(
      undefined,
      `with sessions as (delete from latchkey.session where expires_at < $1 returning 1),
            links as (delete from latchkey.sign_in_link where expires_at < $1 returning 1)
       select ((select count(*) from sessions) + (select count(*) from links))::int as count`,
      [timeOf(before)],
    );
    return rows[0]?.count ?? 0;
  },
});
