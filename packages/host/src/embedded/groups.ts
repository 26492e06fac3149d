import type { EntityManager } from '@mikro-orm/postgresql';
import { type RawBuilder, sql } from 'kysely';
import { type DirectoryGroup, type DirectoryGroups, DirectoryRefusal } from '../directory.ts';
import { replaceLinks } from './assignments.ts';
import { changeIam } from './change-iam.ts';
import { type DirectoryDeps, managerFor, select, write } from './database.ts';

interface GroupRow {
  readonly organization_id: string;
  readonly group_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly revision: number;
  readonly policy_ids: readonly string[];
  readonly member_ids: readonly string[];
}

const readGroups = async (em: EntityManager, organizationId: string, condition: RawBuilder<unknown>) => {
  const rows = await select(
    em,
    sql<GroupRow>`
      select g.organization_id, g.group_id, g.name, g.description, g.revision,
             (select coalesce(jsonb_agg(gp.policy_id order by gp.policy_id collate "C"), '[]') from iam.group_policy gp
               where gp.organization_id = g.organization_id and gp.group_id = g.group_id) as policy_ids,
             (select coalesce(jsonb_agg(mg.member_id order by mg.member_id collate "C"), '[]') from iam.member_group mg
               where mg.organization_id = g.organization_id and mg.group_id = g.group_id) as member_ids
        from iam."group" g where g.organization_id = ${organizationId} and ${condition}`,
  );
  return rows.map(
    (row): DirectoryGroup => ({
      organizationId: row.organization_id,
      groupId: row.group_id,
      name: row.name,
      description: row.description,
      policyIds: row.policy_ids,
      memberIds: row.member_ids,
      revision: row.revision,
    }),
  );
};

const getGroup = async (em: EntityManager, organizationId: string, groupId: string): Promise<DirectoryGroup> => {
  const [group] = await readGroups(em, organizationId, sql`g.group_id = ${groupId}`);
  if (group === undefined) throw new DirectoryRefusal('not_found', 'There is no such group in this organization');
  return group;
};

// Writes of an organization follow one another, so between this question and the write nobody else takes the name.
const requireFreeName = async (em: EntityManager, organizationId: string, groupId: string, name: string) => {
  const taken = await readGroups(em, organizationId, sql`g.name = ${name} and g.group_id <> ${groupId}`);
  if (taken.length > 0) throw new DirectoryRefusal('name_taken', 'A group of this organization has this name');
};

const insertGroup =
  (deps: DirectoryDeps): DirectoryGroups['insert'] =>
  (tx, organizationId, { groupId, name, description, policyIds, memberIds }) =>
    changeIam(deps, tx, organizationId, async ({ em, touch }) => {
      const [same] = await readGroups(em, organizationId, sql`g.group_id = ${groupId}`);
      if (same !== undefined) throw new DirectoryRefusal('conflict', 'A group of this organization has this id');
      await requireFreeName(em, organizationId, groupId, name);
      await write(
        em,
        sql`insert into iam."group" (organization_id, group_id, name, description, revision)
            values (${organizationId}, ${groupId}, ${name}, ${description}, 1)`,
      );
      await replaceLinks(em, organizationId, 'groupPolicies', groupId, policyIds);
      await touch(await replaceLinks(em, organizationId, 'groupMembers', groupId, memberIds));
      return getGroup(em, organizationId, groupId);
    });

const updateGroup =
  (deps: DirectoryDeps): DirectoryGroups['update'] =>
  (tx, organizationId, groupId, revision, change) =>
    changeIam(deps, tx, organizationId, async ({ em, touch }) => {
      const group = await getGroup(em, organizationId, groupId);
      if (group.revision !== revision) throw new DirectoryRefusal('conflict', 'The group has changed meanwhile');
      const { name, description, policyIds, memberIds } = { ...group, ...change };
      await requireFreeName(em, organizationId, groupId, name);
      await write(
        em,
        sql`update iam."group" set name = ${name}, description = ${description}, revision = revision + 1
             where organization_id = ${organizationId} and group_id = ${groupId}`,
      );
      const policiesMoved = await replaceLinks(em, organizationId, 'groupPolicies', groupId, policyIds);
      const membersMoved = await replaceLinks(em, organizationId, 'groupMembers', groupId, memberIds);
      // Other policies concern whoever is in the group, before or after; other members concern those who came or went.
      await touch(policiesMoved.length > 0 ? [...group.memberIds, ...memberIds] : membersMoved);
      return getGroup(em, organizationId, groupId);
    });

const removeGroup =
  (deps: DirectoryDeps): DirectoryGroups['remove'] =>
  (tx, organizationId, groupId) =>
    changeIam(deps, tx, organizationId, async ({ em, touch }) => {
      await getGroup(em, organizationId, groupId);
      await replaceLinks(em, organizationId, 'groupPolicies', groupId, []);
      await touch(await replaceLinks(em, organizationId, 'groupMembers', groupId, []));
      await write(em, sql`delete from iam."group" where organization_id = ${organizationId} and group_id = ${groupId}`);
    });

/** Groups of the embedded directory. They don't nest. */
export const createGroups = (deps: DirectoryDeps): DirectoryGroups => ({
  find: async (organizationId, groupId, tx) => {
    const [group] = await readGroups(managerFor(deps, tx), organizationId, sql`g.group_id = ${groupId}`);
    return group ?? null;
  },

  list: (organizationId, { after = '', limit }) =>
    readGroups(
      deps.entityManager(),
      organizationId,
      sql`g.group_id collate "C" > ${after} order by g.group_id collate "C" limit ${limit}`,
    ),

  insert: insertGroup(deps),
  update: updateGroup(deps),
  remove: removeGroup(deps),
});
