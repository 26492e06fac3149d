import { type Host, type HostMember, type HostPolicy, HostUnavailable } from '@latchkey/core';
import { sql } from 'kysely';
import { believeCatalogue } from '../catalogue/believe-catalogue.ts';
import type { DirectoryMember } from '../directory.ts';
import { type DirectoryDeps, managerFor, select } from './database.ts';
import { readMembers } from './read-members.ts';

const requireRow = <Row>(rows: readonly Row[], organizationId: string): Row => {
  const [row] = rows;
  // An organization that isn't there is a mistake in the composition; "no members" would read as a wave of removals.
  if (row === undefined) throw new HostUnavailable(`The directory has no organization ${organizationId}`);
  return row;
};

// The port's part of it: what was given directly and which groups there are is nobody's business beyond it.
const toHostMember = ({ directPolicyIds: _direct, groupIds: _groups, ...member }: DirectoryMember): HostMember =>
  member;

/** The host port on the embedded directory. What it says of a member is never older than the statement that asks. */
export const createEmbeddedHost = (deps: DirectoryDeps): Host => ({
  findMember: async (organizationId, memberId, tx) => {
    const [member] = await readMembers(managerFor(deps, tx), organizationId, sql`m.member_id = ${memberId}`);
    return member === undefined ? null : toHostMember(member);
  },

  listMembers: async (organizationId, { after = '', limit }) => {
    const em = deps.entityManager();
    requireRow(
      await select(em, sql`select 1 from iam.organization where organization_id = ${organizationId}`),
      organizationId,
    );
    const page = sql`m.member_id collate "C" > ${after} order by m.member_id collate "C" limit ${limit}`;
    return (await readMembers(em, organizationId, page)).map(toHostMember);
  },

  findPolicies: (organizationId, policyIds, tx) =>
    select(
      managerFor(deps, tx),
      sql<HostPolicy>`
        select policy_id as id, name, statements from iam.policy
         where organization_id = ${organizationId} and policy_id = any(${policyIds}::text[])
         order by policy_id collate "C"`,
    ),

  catalogue: async (organizationId) => {
    const rows = await select(
      deps.entityManager(),
      sql<{ readonly catalogue: unknown }>`
        select catalogue from iam.organization where organization_id = ${organizationId}`,
    );
    return believeCatalogue(organizationId, requireRow(rows, organizationId).catalogue);
  },

  issuerPin: {
    kind: 'transactional',
    // COVERED-AT-ISSUE: a statement of its own. What is read later in this transaction is read by later statements,
    // which under READ COMMITTED see whatever committed while this one waited for the lock.
    pin: async (organizationId, tx) =>
      requireRow(
        await select(
          deps.entityManagerOf(tx),
          sql<{ readonly revision: string }>`
            select revision::text as revision from iam.permission_revision
             where organization_id = ${organizationId} for share`,
        ),
        organizationId,
      ),
  },
});
