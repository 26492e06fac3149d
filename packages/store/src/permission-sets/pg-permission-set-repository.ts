import type { Dialect, HostPolicy, RoleAttributes } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import { canonical, digestOf } from './canonical.ts';
import type { PermissionSetRepository, PermissionsToKeep } from './permission-set-repository.ts';

interface ThenRow {
  readonly since: number;
  readonly digest: string | null;
  readonly attributes: RoleAttributes;
  readonly content: string | null;
}

interface ContentRow {
  readonly digest: string;
  readonly content: string;
}

interface SetContent {
  readonly dialect: Dialect;
  readonly policies: readonly string[];
}

export const createPermissionSetRepository = (database: Database): PermissionSetRepository => ({
  keep: async (tx, permissions) => {
    const { organizationId, revision, subjects } = permissions;
    if (subjects.length === 0) return;
    const { policies, sets, digests } = contentsOf(permissions);
    const insert = (table: 'kept_policy' | 'permission_set', contents: ReadonlyMap<string, string>) =>
      database.query(
        tx,
        `insert into latchkey.${table} (organization_id, digest, content)
         select $1, decode(given.digest, 'hex'), given.content from unnest($2::text[], $3::text[]) as given(digest, content)
         on conflict do nothing`,
        [organizationId, [...contents.keys()], [...contents.values()]],
      );
    await insert('kept_policy', policies);
    await insert('permission_set', sets);
    // A group of thousands is one statement; whoever has what it had gets no row.
    await database.query(
      tx,
      `insert into latchkey.kept_permissions (organization_id, subject, subject_id, revision, from_at, digest, attributes)
       select $1, given.subject, given.id, $2::bigint, clock_timestamp(), decode(given.digest, 'hex'), given.attributes
         from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[]) as given(subject, id, digest, attributes)
         left join lateral (
           select k.digest, k.attributes from latchkey.kept_permissions k
            where k.organization_id = $1 and k.subject = given.subject and k.subject_id = given.id
            order by k.revision desc limit 1
         ) latest on true
        where latest.attributes is null
           or (latest.digest, latest.attributes) is distinct from (decode(given.digest, 'hex'), given.attributes)
       on conflict do nothing`,
      [
        organizationId,
        revision,
        subjects.map(({ type }) => type),
        subjects.map(({ id }) => id),
        digests,
        subjects.map(({ attributes }) => JSON.stringify(attributes)),
      ],
    );
  },

  findAt: async (organizationId, { type, id }, at, tx) => {
    const [row] = await database.query<ThenRow & Record<string, unknown>>(
      tx,
      `select ${msOf('k.from_at')} as since, encode(k.digest, 'hex') as digest, k.attributes, s.content
         from latchkey.kept_permissions k
         left join latchkey.permission_set s on s.organization_id = k.organization_id and s.digest = k.digest
        where k.organization_id = $1 and k.subject = $2 and k.subject_id = $3 and k.from_at <= $4
        order by k.revision desc limit 1`,
      [organizationId, type, id, timeOf(at)],
    );
    if (row === undefined) return null;
    const { since, digest, content, attributes } = row;
    if (digest === null) return { since, permissions: null };
    // Written by somebody else, or only in part: then nobody knows.
    if (content === null || digestOf(content) !== digest) return null;
    const { dialect, policies } = JSON.parse(content) as SetContent;
    const rows = await database.query<ContentRow & Record<string, unknown>>(
      tx,
      `select encode(digest, 'hex') as digest, content from latchkey.kept_policy
        where organization_id = $1 and digest = any (select decode(d, 'hex') from unnest($2::text[]) d)`,
      [organizationId, policies],
    );
    const texts = new Map(
      rows.filter((each) => digestOf(each.content) === each.digest).map((r) => [r.digest, r.content]),
    );
    const found = policies.map((each) => texts.get(each));
    if (found.includes(undefined)) return null;
    const read = found.map((text) => JSON.parse(text as string) as HostPolicy);
    return { since, permissions: { dialect, policies: read, attributes } };
  },

  isBegun: async (organizationId, tx) => {
    const rows = await database.query(
      tx,
      'select 1 from latchkey.kept_permissions where organization_id = $1 limit 1',
      [organizationId],
    );
    return rows.length > 0;
  },
});

/** Each content once, by its digest; and for each subject the digest of its set. */
const contentsOf = ({ dialect, policies, subjects }: PermissionsToKeep) => {
  const kept = new Map<string, string>();
  const digestOfPolicy = new Map<string, string>();
  for (const { id, name, statements } of policies) {
    const content = canonical({ id, name, statements });
    const digest = digestOf(content);
    kept.set(digest, content);
    digestOfPolicy.set(id, digest);
  }
  const sets = new Map<string, string>();
  const digests = subjects.map(({ policyIds }) => {
    if (policyIds === null) return null;
    const content = canonical({
      dialect,
      policies: policyIds.map((id) => {
        const digest = digestOfPolicy.get(id);
        if (digest === undefined) throw new RangeError('A subject names a policy that is not among those to keep');
        return digest;
      }),
    });
    const digest = digestOf(content);
    sets.set(digest, content);
    return digest;
  });
  return { policies: kept, sets, digests };
};
