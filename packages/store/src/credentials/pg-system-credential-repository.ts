import type { Database } from '../database/database.ts';
import { msOf, NOW_MS, timeOf } from '../database/time.ts';
import { SECRET_COLUMNS, type SecretRow, toSecretRecord } from '../tokens/token-rows.ts';
import type { SystemCredentialRecord, SystemCredentialRepository } from './system-credential-repository.ts';

interface Row {
  readonly credential_id: string;
  readonly role: 'verifier' | 'operator';
  readonly name: string;
  readonly organization_ids: readonly string[] | null;
  readonly created_at: number;
  readonly revoked_at: number | null;
  readonly recalled: boolean;
}

const COLUMNS = `c.credential_id, c.role, c.name, c.organization_ids, ${msOf('c.created_at')} as created_at,
  ${msOf('c.revoked_at')} as revoked_at,
  coalesce(c.mark < (select credential_mark from latchkey.installation where id = 1), true) as recalled`;

const toRecord = (row: Row): SystemCredentialRecord => ({
  credentialId: row.credential_id,
  role: row.role,
  name: row.name,
  organizationIds: row.organization_ids,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
  recalled: row.recalled,
});

const LOOK_UP = `
  select ${COLUMNS}, ${SECRET_COLUMNS}, ${NOW_MS} as now,
         (select incarnation::text from latchkey.incarnation where id = 1) as incarnation
    from latchkey.system_credential c
    left join lateral (
      -- Its grace period doesn't end early: nobody asks for that of a credential.
      select x.*, null::bigint as cut_when_silent_ms
        from latchkey.system_credential_secret x where x.credential_id = c.credential_id
       order by x.number desc limit 16
    ) s on true
   where c.credential_id = $1
   order by s.number desc`;

export const createSystemCredentialRepository = (database: Database): SystemCredentialRepository => ({
  lookUp: async (credentialId) => {
    const rows = await database.queryPrepared<Row & Partial<SecretRow> & { now: number; incarnation: string | null }>(
      'credential-look-up',
      LOOK_UP,
      [credentialId],
    );
    const first = rows[0];
    if (first === undefined) return null;
    const secrets = rows.filter((row): row is typeof row & SecretRow => typeof row.s_number === 'number');
    const { incarnation, now } = first;
    return { credential: toRecord(first), secrets: secrets.map(toSecretRecord), coherence: { incarnation }, now };
  },

  list: async () =>
    (
      await database.query<Row>(
        undefined,
        `select ${COLUMNS} from latchkey.system_credential c order by c.created_at, c.credential_id`,
      )
    ).map(toRecord),

  insert: async (tx, credential, secret) => {
    await database.query(
      tx,
      `insert into latchkey.system_credential (credential_id, role, name, organization_ids, created_at, mark)
       values ($1, $2, $3, $4::text[], $5, (select credential_mark from latchkey.installation where id = 1))`,
      [
        ...[credential.credentialId, credential.role, credential.name, credential.organizationIds],
        timeOf(credential.createdAt),
      ],
    );
    await database.query(
      tx,
      `insert into latchkey.system_credential_secret
         (credential_id, number, digest, pepper_id, tag_key_id, hint, created_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[credential.credentialId, secret.number, Buffer.from(secret.digest), secret.pepperId, secret.tagKeyId],
        ...[secret.hint, timeOf(secret.createdAt)],
      ],
    );
  },

  revoke: async (tx, credentialId, at, spent) => {
    // Saying it twice is one effect: the first time stands.
    await database.query(
      tx,
      'update latchkey.system_credential set revoked_at = $2 where credential_id = $1 and revoked_at is null',
      [credentialId, timeOf(at)],
    );
    await database.query(
      tx,
      `update latchkey.system_credential_secret s set digest = x.digest, spent = true
         from unnest($2::int[], $3::bytea[]) as x (number, digest)
        where s.credential_id = $1 and s.number = x.number and not s.spent`,
      [credentialId, spent.map(({ number }) => number), spent.map(({ digest }) => Buffer.from(digest))],
    );
  },
});
