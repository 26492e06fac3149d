import type { Dialect, HostPolicy, RoleAttributes, Tx } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { ChangedSubject } from '../permission-keeper.ts';
import { applyingPolicies } from './applying-policies.ts';
import { type DirectoryDeps, select } from './database.ts';

interface MemberRow {
  readonly member_id: string;
  readonly status: 'active' | 'removed';
  readonly attributes: RoleAttributes;
  readonly policy_ids: readonly string[];
}

interface PolicyRow {
  readonly policy_id: string;
  readonly name: string;
  readonly statements: unknown;
}

/** Whom a write concerned. */
export interface Touched {
  readonly memberIds: readonly string[];
  readonly policyIds: readonly string[];
}

/** Members in one statement; a group of thousands is read in a few. */
const BATCH = 2_000;

/**
 * Tells the keeper what a write has made of the permissions that it touched. Each policy's text is read once, however
 * many members have it.
 */
export const keepPermissions = async (
  deps: DirectoryDeps,
  tx: Tx,
  organizationId: string,
  revision: string,
  touched: Touched,
): Promise<void> => {
  const { keeper } = deps;
  if (keeper === undefined) return;
  const em = deps.entityManagerOf(tx);
  const memberIds = [...new Set(touched.memberIds)];
  const policyIds = [...new Set(touched.policyIds)];
  for (let from = 0; from === 0 || from < memberIds.length; from += BATCH) {
    const members = await readSubjects(em, organizationId, memberIds.slice(from, from + BATCH));
    const alone = from === 0 ? policyIds : [];
    if (members.length === 0 && alone.length === 0) continue;
    const wanted = new Set([...members.flatMap((member) => member.policyIds ?? []), ...alone]);
    const policies = await readPolicies(em, organizationId, [...wanted]);
    const known = new Set(policies.map(({ id }) => id));
    const subjects = [
      ...members,
      ...alone.map(
        (id): ChangedSubject => ({
          type: 'policy',
          id,
          policyIds: known.has(id) ? [id] : null,
          attributes: {},
        }),
      ),
    ];
    await keeper.keep(tx, {
      organizationId,
      revision,
      dialect: await dialectOf(em, organizationId),
      policies,
      subjects,
    });
  }
};

const readSubjects = async (
  em: EntityManager,
  organizationId: string,
  memberIds: readonly string[],
): Promise<readonly ChangedSubject[]> => {
  if (memberIds.length === 0) return [];
  // In the order of `readMembers`: what was given directly first, then by group, each by id, once each.
  const rows = await select(
    em,
    sql<MemberRow>`
      select m.member_id, m.status, m.attributes, coalesce(f.policy_ids, '[]') as policy_ids
        from iam.member m
        left join (
          select x.member_id, jsonb_agg(x.policy_id order by x.group_id collate "C", x.policy_id collate "C") as policy_ids
            from (select a.member_id, a.policy_id, min(a.group_id collate "C") as group_id
                    from ${applyingPolicies} a
                   where a.organization_id = ${organizationId} and a.member_id = any(${memberIds}::text[])
                   group by a.member_id, a.policy_id) x
           group by x.member_id
        ) f on f.member_id = m.member_id
       where m.organization_id = ${organizationId} and m.member_id = any(${memberIds}::text[])`,
  );
  return rows.map((row) => ({
    type: 'member',
    id: row.member_id,
    policyIds: row.status === 'active' ? row.policy_ids : null,
    attributes: { ...row.attributes, memberId: [row.member_id] },
  }));
};

const readPolicies = async (
  em: EntityManager,
  organizationId: string,
  policyIds: readonly string[],
): Promise<readonly HostPolicy[]> => {
  const rows = await select(
    em,
    sql<PolicyRow>`
      select policy_id, name, statements from iam.policy
       where organization_id = ${organizationId} and policy_id = any(${policyIds}::text[])`,
  );
  return rows.map(({ policy_id: id, name, statements }) => ({ id, name, statements }));
};

const dialectOf = async (em: EntityManager, organizationId: string): Promise<Dialect> => {
  const [row] = await select(
    em,
    sql<{ readonly dialect: Dialect }>`select dialect from iam.organization where organization_id = ${organizationId}`,
  );
  if (row === undefined) throw new Error('A write to an organization that is not there');
  return row.dialect;
};
