import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { DirectoryRefusal } from '../directory.ts';
import { select, write } from './database.ts';

// A removed membership takes nothing any more (TERMINAL).
const kinds = {
  policy: { table: sql.table('iam.policy'), id: sql.ref('policy_id'), takesPart: sql`true` },
  group: { table: sql.table('iam.group'), id: sql.ref('group_id'), takesPart: sql`true` },
  member: { table: sql.table('iam.member'), id: sql.ref('member_id'), takesPart: sql`status = 'active'` },
} as const;

const requireAll = async (
  em: EntityManager,
  organizationId: string,
  kind: keyof typeof kinds,
  ids: readonly string[],
): Promise<void> => {
  const { table, id, takesPart } = kinds[kind];
  const found = await select(
    em,
    sql<{ readonly id: string }>`
      select ${id} as id from ${table}
       where organization_id = ${organizationId} and ${id} = any(${ids}::text[]) and ${takesPart}`,
  );
  const known = new Set(found.map((row) => row.id));
  if (!ids.every((each) => known.has(each)))
    throw new DirectoryRefusal('unknown_reference', `There is no such ${kind} in this organization`);
};

const links = {
  memberPolicies: { table: 'iam.member_policy', holder: 'member_id', held: 'policy_id', kind: 'policy' },
  memberGroups: { table: 'iam.member_group', holder: 'member_id', held: 'group_id', kind: 'group' },
  groupMembers: { table: 'iam.member_group', holder: 'group_id', held: 'member_id', kind: 'member' },
  groupPolicies: { table: 'iam.group_policy', holder: 'group_id', held: 'policy_id', kind: 'policy' },
} as const;

/**
 * Makes `ids` all that `holderId` holds of this link; gives the ids that came or went.
 * @throws DirectoryRefusal `unknown_reference` where the organization lacks one; a removed member is lacking.
 */
export const replaceLinks = async (
  em: EntityManager,
  organizationId: string,
  link: keyof typeof links,
  holderId: string,
  ids: readonly string[],
): Promise<readonly string[]> => {
  await requireAll(em, organizationId, links[link].kind, ids);
  const table = sql.table(links[link].table);
  const holder = sql.ref(links[link].holder);
  const held = sql.ref(links[link].held);
  const gone = await write(
    em,
    sql<{ readonly id: string }>`
      delete from ${table}
       where organization_id = ${organizationId} and ${holder} = ${holderId} and ${held} <> all(${ids}::text[])
      returning ${held} as id`,
  );
  const added = await write(
    em,
    sql<{ readonly id: string }>`
      insert into ${table} (organization_id, ${holder}, ${held})
      select ${organizationId}, ${holderId}, given.id from unnest(${ids}::text[]) as given(id)
          on conflict do nothing
      returning ${held} as id`,
  );
  return [...gone, ...added].map((row) => row.id);
};
