import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { type DirectoryMember, type DirectoryMembers, DirectoryRefusal } from '../directory.ts';
import { replaceLinks } from './assignments.ts';
import { changeIam } from './change-iam.ts';
import { type DirectoryDeps, managerFor, select, write } from './database.ts';
import { readMembers } from './read-members.ts';

// Addresses that differ in case only are one address here: two memberships for them would be one person twice.
const emailKeyOf = (email: string): string => email.toLowerCase();

const getMember = async (em: EntityManager, organizationId: string, memberId: string): Promise<DirectoryMember> => {
  const [member] = await readMembers(em, organizationId, sql`m.member_id = ${memberId}`);
  if (member === undefined) throw new DirectoryRefusal('not_found', 'There is no such member in this organization');
  return member;
};

/** The member's groups. Who edits a group has read its members: moving one makes that reading old (`conflict`). */
const replaceGroups = async (
  em: EntityManager,
  organizationId: string,
  memberId: string,
  groupIds: readonly string[],
): Promise<void> => {
  const moved = await replaceLinks(em, organizationId, 'memberGroups', memberId, groupIds);
  await write(
    em,
    sql`update iam."group" set revision = revision + 1
         where organization_id = ${organizationId} and group_id = any(${moved}::text[])`,
  );
};

const insertMember =
  (deps: DirectoryDeps): DirectoryMembers['insert'] =>
  (tx, organizationId, member) =>
    changeIam(deps, tx, organizationId, async ({ em, touch }) => {
      const { memberId, email } = member;
      const taken = await select(
        em,
        sql<{ readonly member_id: string }>`
          select member_id from iam.member
           where organization_id = ${organizationId}
             and (member_id = ${memberId} or (email_key = ${emailKeyOf(email)} and status = 'active'))`,
      );
      // TERMINAL: the rows of removed members stay, so an id can't name a second membership.
      if (taken.some((row) => row.member_id === memberId))
        throw new DirectoryRefusal('conflict', 'This member id has been used before');
      if (taken.length > 0) throw new DirectoryRefusal('email_taken', 'An active member has this address');
      await write(
        em,
        sql`insert into iam.member (organization_id, member_id, email, email_key, name, locale, status, member_since,
                                    attributes, revision)
            values (${organizationId}, ${memberId}, ${email}, ${emailKeyOf(email)}, ${member.name}, ${member.locale},
                    'active', to_timestamp(${member.memberSince}::float8 / 1000),
                    ${JSON.stringify(member.attributes ?? {})}::jsonb, 0)`,
      );
      await replaceLinks(em, organizationId, 'memberPolicies', memberId, member.policyIds);
      await replaceGroups(em, organizationId, memberId, member.groupIds);
      await touch([memberId]);
      return getMember(em, organizationId, memberId);
    });

const removeMember =
  (deps: DirectoryDeps): DirectoryMembers['remove'] =>
  (tx, organizationId, memberId) =>
    changeIam(deps, tx, organizationId, async ({ em, touch }) => {
      const member = await getMember(em, organizationId, memberId);
      // Said twice, it is one effect.
      if (member.status === 'removed') return;
      await replaceLinks(em, organizationId, 'memberPolicies', memberId, []);
      await replaceGroups(em, organizationId, memberId, []);
      await write(
        em,
        sql`update iam.member
               set status = 'removed', attributes = '{}',
                   removed_at = coalesce(to_timestamp(${deps.clock?.now() ?? null}::float8 / 1000), now())
             where organization_id = ${organizationId} and member_id = ${memberId}`,
      );
      await touch([memberId]);
    });

const setPolicies =
  (deps: DirectoryDeps): DirectoryMembers['setPolicies'] =>
  (tx, organizationId, memberId, { policyIds, groupIds, attributes }) =>
    changeIam(deps, tx, organizationId, async ({ em, touch }) => {
      const member = await getMember(em, organizationId, memberId);
      if (member.status === 'removed') throw new DirectoryRefusal('member_removed', 'This membership has ended');
      await replaceLinks(em, organizationId, 'memberPolicies', memberId, policyIds);
      if (groupIds !== undefined) await replaceGroups(em, organizationId, memberId, groupIds);
      if (attributes !== undefined)
        await write(
          em,
          sql`update iam.member set attributes = ${JSON.stringify(attributes)}::jsonb
               where organization_id = ${organizationId} and member_id = ${memberId}`,
        );
      await touch([memberId]);
      return getMember(em, organizationId, memberId);
    });

/** Members of the embedded directory. */
export const createMembers = (deps: DirectoryDeps): DirectoryMembers => ({
  find: async (organizationId, memberId, tx) => {
    const [member] = await readMembers(managerFor(deps, tx), organizationId, sql`m.member_id = ${memberId}`);
    return member ?? null;
  },

  findByEmail: async (organizationId, email) => {
    const condition = sql`m.email_key = ${emailKeyOf(email)} and m.status = 'active'`;
    const [member] = await readMembers(deps.entityManager(), organizationId, condition);
    return member ?? null;
  },

  // strpos, not LIKE: in what somebody searches for, a percent sign is a percent sign.
  list: (organizationId, { search = '', includeRemoved = false, after = '', limit }) =>
    readMembers(
      deps.entityManager(),
      organizationId,
      sql`(${includeRemoved} or m.status = 'active')
          and (strpos(lower(m.name), lower(${search})) > 0 or strpos(m.email_key, ${emailKeyOf(search)}) > 0)
          and m.member_id collate "C" > ${after}
        order by m.member_id collate "C" limit ${limit}`,
    ),

  insert: insertMember(deps),
  remove: removeMember(deps),
  setPolicies: setPolicies(deps),
});
