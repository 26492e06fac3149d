import type { Statement } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type RawBuilder, sql } from 'kysely';
import { type DirectoryPolicies, type DirectoryPolicy, DirectoryRefusal } from '../directory.ts';
import { applyingPolicies } from './applying-policies.ts';
import { changeIam } from './change-iam.ts';
import { type DirectoryDeps, managerFor, select, write } from './database.ts';

interface PolicyRow {
  readonly organization_id: string;
  readonly policy_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly built_in: boolean;
  readonly statements: readonly Statement[];
  readonly revision: number;
}

const readPolicies = async (em: EntityManager, organizationId: string, condition: RawBuilder<unknown>) => {
  const rows = await select(
    em,
    sql<PolicyRow>`
      select organization_id, policy_id, name, description, built_in, statements, revision
        from iam.policy where organization_id = ${organizationId} and ${condition}`,
  );
  return rows.map(
    (row): DirectoryPolicy => ({
      organizationId: row.organization_id,
      policyId: row.policy_id,
      name: row.name,
      description: row.description,
      builtIn: row.built_in,
      statements: row.statements,
      revision: row.revision,
    }),
  );
};

const getPolicy = async (em: EntityManager, organizationId: string, policyId: string): Promise<DirectoryPolicy> => {
  const [policy] = await readPolicies(em, organizationId, sql`policy_id = ${policyId}`);
  if (policy === undefined) throw new DirectoryRefusal('not_found', 'There is no such policy in this organization');
  return policy;
};

// Writes of an organization follow one another, so between this question and the write nobody else takes the name.
const requireFreeName = async (em: EntityManager, organizationId: string, policyId: string, name: string) => {
  const taken = await readPolicies(em, organizationId, sql`name = ${name} and policy_id <> ${policyId}`);
  if (taken.length > 0) throw new DirectoryRefusal('name_taken', 'A policy of this organization has this name');
};

// Everybody who has it in any way, not only those to whom it applies now: nobody's revision may stand still by mistake.
const holdersOf = async (em: EntityManager, organizationId: string, policyId: string): Promise<readonly string[]> => {
  const rows = await select(
    em,
    sql<{ readonly member_id: string }>`
      select member_id from iam.member_policy where organization_id = ${organizationId} and policy_id = ${policyId}
       union
      select mg.member_id from iam.group_policy gp
        join iam.member_group mg on mg.organization_id = gp.organization_id and mg.group_id = gp.group_id
       where gp.organization_id = ${organizationId} and gp.policy_id = ${policyId}`,
  );
  return rows.map((row) => row.member_id);
};

const insertPolicy =
  (deps: DirectoryDeps): DirectoryPolicies['insert'] =>
  (tx, organizationId, { policyId, name, description, statements }) =>
    changeIam(deps, tx, organizationId, async ({ em, touchPolicies }) => {
      const [same] = await readPolicies(em, organizationId, sql`policy_id = ${policyId}`);
      if (same !== undefined) throw new DirectoryRefusal('conflict', 'A policy of this organization has this id');
      await requireFreeName(em, organizationId, policyId, name);
      await write(
        em,
        sql`insert into iam.policy (organization_id, policy_id, name, description, built_in, statements, revision)
            values (${organizationId}, ${policyId}, ${name}, ${description}, false,
                    ${JSON.stringify(statements)}::jsonb, 1)`,
      );
      touchPolicies([policyId]);
      return getPolicy(em, organizationId, policyId);
    });

const updatePolicy =
  (deps: DirectoryDeps): DirectoryPolicies['update'] =>
  (tx, organizationId, policyId, revision, change) =>
    changeIam(deps, tx, organizationId, async ({ em, touch, touchPolicies }) => {
      const policy = await getPolicy(em, organizationId, policyId);
      if (policy.builtIn) throw new DirectoryRefusal('built_in', 'A built-in policy is not edited');
      if (policy.revision !== revision) throw new DirectoryRefusal('conflict', 'The policy has changed meanwhile');
      const { name, description, statements } = { ...policy, ...change };
      await requireFreeName(em, organizationId, policyId, name);
      await write(
        em,
        sql`update iam.policy
               set name = ${name}, description = ${description}, statements = ${JSON.stringify(statements)}::jsonb,
                   revision = revision + 1
             where organization_id = ${organizationId} and policy_id = ${policyId}`,
      );
      touchPolicies([policyId]);
      await touch(await holdersOf(em, organizationId, policyId));
      return getPolicy(em, organizationId, policyId);
    });

const removePolicy =
  (deps: DirectoryDeps): DirectoryPolicies['remove'] =>
  (tx, organizationId, policyId) =>
    changeIam(deps, tx, organizationId, async ({ em, touchPolicies }) => {
      const policy = await getPolicy(em, organizationId, policyId);
      if (policy.builtIn) throw new DirectoryRefusal('built_in', 'A built-in policy is not removed');
      const uses = await select(
        em,
        sql`select 1 from iam.member_policy where organization_id = ${organizationId} and policy_id = ${policyId}
             union all
            select 1 from iam.group_policy where organization_id = ${organizationId} and policy_id = ${policyId}
             limit 1`,
      );
      if (uses.length > 0) throw new DirectoryRefusal('in_use', 'A member or a group has this policy');
      await write(
        em,
        sql`delete from iam.policy where organization_id = ${organizationId} and policy_id = ${policyId}`,
      );
      touchPolicies([policyId]);
    });

/** Policies of the embedded directory. */
export const createPolicies = (deps: DirectoryDeps): DirectoryPolicies => ({
  find: async (organizationId, policyId, tx) => {
    const [policy] = await readPolicies(managerFor(deps, tx), organizationId, sql`policy_id = ${policyId}`);
    return policy ?? null;
  },

  list: (organizationId, { after = '', limit }) =>
    readPolicies(
      deps.entityManager(),
      organizationId,
      sql`policy_id collate "C" > ${after} order by policy_id collate "C" limit ${limit}`,
    ),

  insert: insertPolicy(deps),
  update: updatePolicy(deps),
  remove: removePolicy(deps),

  membersWith: async (organizationId, policyId, tx) => {
    const rows = await select(
      managerFor(deps, tx),
      sql<{ readonly member_id: string }>`
        select m.member_id from iam.member m
         where m.organization_id = ${organizationId} and m.status = 'active' and exists (
           select 1 from ${applyingPolicies} a
            where a.organization_id = m.organization_id and a.member_id = m.member_id and a.policy_id = ${policyId})
         order by m.member_id collate "C"`,
    );
    return rows.map((row) => row.member_id);
  },
});
