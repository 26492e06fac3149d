import type { Dialect, RoleAttributes, Statement } from '@latchkey/core';
import { defineEntity, type EntitySchema, p, type TriggerDef } from '@mikro-orm/core';

const id = () => p.text();
const organizationId = () => id().primary();
const counter = () => p.bigint('number');

// Guards stand in the database because there they also hold for a migration, a console session and a bug.
const guard = (name: string, refused: string, message: string): TriggerDef => ({
  name,
  timing: 'before',
  events: ['update'],
  body: `if ${refused} then raise exception '${message}' using errcode = 'check_violation'; end if; return new;`,
});
const revisionOnlyGrows = () => guard('revision_only_grows', 'new.revision < old.revision', 'a revision only grows');

/** One tenant of the directory, with the catalogue that says what can be allowed in it. */
export const OrganizationEntity = defineEntity({
  name: 'DirectoryOrganization',
  schema: 'iam',
  tableName: 'organization',
  properties: {
    organizationId: organizationId(),
    name: p.text(),
    dialect: p.enum(['featbit', 'launchdarkly']).columnType('text').$type<Dialect>(),
    catalogue: p.json<unknown>(),
  },
});

const organization = () =>
  p
    .manyToOne(OrganizationEntity)
    .primary()
    .joinColumn('organization_id')
    .deleteRule('no action')
    .updateRule('no action');

/** The one row that each IAM write of an organization updates first, and that an issuer's pin locks FOR SHARE. */
export const PermissionRevisionEntity = defineEntity({
  name: 'DirectoryPermissionRevision',
  schema: 'iam',
  tableName: 'permission_revision',
  triggers: [revisionOnlyGrows()],
  properties: { organization: organization(), revision: counter() },
});

export const MemberEntity = defineEntity({
  name: 'DirectoryMember',
  schema: 'iam',
  tableName: 'member',
  triggers: [
    revisionOnlyGrows(),
    // TERMINAL: a membership that has ended does not begin again, and its row is never another's.
    guard(
      'removed_stays_removed',
      "old.status = 'removed' and new.status <> 'removed' or new.member_id <> old.member_id",
      'a membership that has ended stays ended',
    ),
  ],
  // The address may be used again by a new membership, the id never (TERMINAL).
  uniques: [
    {
      name: 'member_active_email_unique',
      properties: ['organization', 'emailKey'],
      where: "status = 'active'",
    },
  ],
  // Pages of members are ordered by code point, whatever the cluster's locale is: reconciliation compares them in memory.
  indexes: [
    { name: 'member_by_code_point', columns: [{ name: 'organization_id' }, { name: 'member_id', collation: 'C' }] },
  ],
  properties: {
    organization: organization(),
    memberId: id().primary(),
    email: p.text(),
    emailKey: p.text(),
    name: p.text(),
    locale: p.text(),
    status: p.enum(['active', 'removed']).columnType('text').$type<'active' | 'removed'>(),
    memberSince: p.datetime(3),
    removedAt: p.datetime(3).nullable(),
    attributes: p.json<RoleAttributes>(),
    revision: counter(),
  },
});

export const PolicyEntity = defineEntity({
  name: 'DirectoryPolicy',
  schema: 'iam',
  tableName: 'policy',
  uniques: [{ name: 'policy_name_unique', properties: ['organization', 'name'] }],
  properties: {
    organization: organization(),
    policyId: id().primary(),
    name: p.text(),
    description: p.text().nullable(),
    builtIn: p.boolean(),
    statements: p.json<readonly Statement[]>(),
    revision: p.integer(),
  },
});

export const GroupEntity = defineEntity({
  name: 'DirectoryGroup',
  schema: 'iam',
  tableName: 'group',
  uniques: [{ name: 'group_name_unique', properties: ['organization', 'name'] }],
  properties: {
    organization: organization(),
    groupId: id().primary(),
    name: p.text(),
    description: p.text().nullable(),
    revision: p.integer(),
  },
});

const member = () =>
  p
    .manyToOne(MemberEntity)
    .primary()
    .joinColumns('organization_id', 'member_id')
    .ownColumns('member_id')
    .deleteRule('no action')
    .updateRule('no action');
const policy = () =>
  p
    .manyToOne(PolicyEntity)
    .primary()
    .joinColumns('organization_id', 'policy_id')
    .ownColumns('policy_id')
    .deleteRule('no action')
    .updateRule('no action');
const group = () =>
  p
    .manyToOne(GroupEntity)
    .primary()
    .joinColumns('organization_id', 'group_id')
    .ownColumns('group_id')
    .deleteRule('no action')
    .updateRule('no action');

/** What was given to a member directly. */
export const MemberPolicyEntity = defineEntity({
  name: 'DirectoryMemberPolicy',
  schema: 'iam',
  tableName: 'member_policy',
  indexes: [{ name: 'member_policy_by_policy', properties: ['organization', 'policy'] }],
  properties: { organization: organization(), member: member(), policy: policy() },
});

export const MemberGroupEntity = defineEntity({
  name: 'DirectoryMemberGroup',
  schema: 'iam',
  tableName: 'member_group',
  indexes: [{ name: 'member_group_by_group', properties: ['organization', 'group'] }],
  properties: { organization: organization(), member: member(), group: group() },
});

export const GroupPolicyEntity = defineEntity({
  name: 'DirectoryGroupPolicy',
  schema: 'iam',
  tableName: 'group_policy',
  indexes: [{ name: 'group_policy_by_policy', properties: ['organization', 'policy'] }],
  properties: { organization: organization(), group: group(), policy: policy() },
});

/** For the composition's one MikroORM instance. */
export const directoryEntities: readonly EntitySchema[] = [
  OrganizationEntity,
  PermissionRevisionEntity,
  MemberEntity,
  PolicyEntity,
  GroupEntity,
  MemberPolicyEntity,
  MemberGroupEntity,
  GroupPolicyEntity,
];
