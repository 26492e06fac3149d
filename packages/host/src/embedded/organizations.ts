import type { Tx } from '@latchkey/core';
import { readCatalogue } from '@latchkey/core/policy';
import { sql } from 'kysely';
import { cataloguePolicyId } from '../catalogue/policy-id.ts';
import { type DirectoryOrganizations, DirectoryRefusal } from '../directory.ts';
import { type DirectoryDeps, select, write } from './database.ts';
import { keepPermissions } from './keep-permissions.ts';

/** Organizations of the embedded directory. */
export const createOrganizations = (deps: DirectoryDeps): DirectoryOrganizations => ({
  list: async () => {
    const rows = await select(
      deps.entityManager(),
      sql<{ readonly organization_id: string; readonly name: string }>`
        select organization_id, name from iam.organization order by organization_id collate "C"`,
    );
    return rows.map((row) => ({ organizationId: row.organization_id, name: row.name }));
  },

  insert: async (tx, { organizationId, name, catalogue }) => {
    // Read before it is stored: one that can't be read would close the organization, and nobody could open it again.
    const { dialect, policies } = readCatalogue(catalogue);
    const em = deps.entityManagerOf(tx);
    const inserted = await write(
      em,
      sql`insert into iam.organization (organization_id, name, dialect, catalogue)
          values (${organizationId}, ${name}, ${dialect}, ${JSON.stringify(catalogue)}::jsonb)
              on conflict do nothing
          returning organization_id`,
    );
    if (inserted.length === 0) return false;
    await write(em, sql`insert into iam.permission_revision (organization_id, revision) values (${organizationId}, 1)`);
    for (const policy of policies)
      await write(
        em,
        sql`insert into iam.policy (organization_id, policy_id, name, description, built_in, statements, revision)
            values (${organizationId}, ${cataloguePolicyId(policy.name)}, ${policy.name}, null, ${policy.builtIn},
                    ${JSON.stringify(policy.statements)}::jsonb, 1)`,
      );
    const policyIds = policies.map(({ name }) => cataloguePolicyId(name));
    await keepPermissions(deps, tx, organizationId, '1', { memberIds: [], policyIds });
    return true;
  },

  keepPermissions: async (tx, organizationId) => {
    // First: what is read in the same statement would be as of before the wait.
    await lock(deps, tx, organizationId);
    const [row] = await select(
      deps.entityManagerOf(tx),
      sql<{ readonly revision: string; readonly members: readonly string[]; readonly policies: readonly string[] }>`
        select r.revision::text as revision,
               (select coalesce(jsonb_agg(m.member_id), '[]') from iam.member m
                 where m.organization_id = r.organization_id and m.status = 'active') as members,
               (select coalesce(jsonb_agg(p.policy_id), '[]') from iam.policy p
                 where p.organization_id = r.organization_id) as policies
          from iam.permission_revision r where r.organization_id = ${organizationId}`,
    );
    if (row === undefined) throw new DirectoryRefusal('not_found', 'There is no such organization');
    const { revision, members, policies } = row;
    await keepPermissions(deps, tx, organizationId, revision, { memberIds: members, policyIds: policies });
  },

  lock: (tx, organizationId) => lock(deps, tx, organizationId),
});

const lock = async (deps: DirectoryDeps, tx: Tx, organizationId: string): Promise<void> => {
  const locked = await select(
    deps.entityManagerOf(tx),
    // The very lock that the UPDATE of a write takes.
    sql`select 1 from iam.permission_revision where organization_id = ${organizationId} for no key update`,
  );
  if (locked.length === 0) throw new DirectoryRefusal('not_found', 'There is no such organization');
};
