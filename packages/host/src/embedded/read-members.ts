import type { HostPolicy, RoleAttributes } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type RawBuilder, sql } from 'kysely';
import type { DirectoryMember } from '../directory.ts';
import { applyingPolicies } from './applying-policies.ts';
import { select } from './database.ts';

interface MemberRow {
  readonly organization_id: string;
  readonly member_id: string;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
  readonly status: 'active' | 'removed';
  readonly member_since: number;
  readonly attributes: RoleAttributes;
  readonly revision: string;
  readonly policies: readonly HostPolicy[];
  readonly direct_policy_ids: readonly string[];
  readonly group_ids: readonly string[];
}

/**
 * Members of one organization that meet `condition`, which speaks of `m` (iam.member) and may end in an order and a limit.
 * One statement, hence one snapshot: a member is never put together from before and after somebody else's commit.
 * Policies: what was given directly first, then by group, each by id, once each.
 */
export const readMembers = async (
  em: EntityManager,
  organizationId: string,
  condition: RawBuilder<unknown>,
): Promise<readonly DirectoryMember[]> => {
  const rows = await select(
    em,
    sql<MemberRow>`
      select m.organization_id, m.member_id, m.email, m.name, m.locale, m.status,
             (extract(epoch from m.member_since) * 1000)::float8 as member_since,
             m.attributes, m.revision::text as revision,
             (select coalesce(jsonb_agg(jsonb_build_object('id', p.policy_id, 'name', p.name, 'statements', p.statements)
                                        order by f.group_id collate "C", p.policy_id collate "C"), '[]')
                from (select a.policy_id, min(a.group_id collate "C") as group_id
                        from ${applyingPolicies} a
                       where a.organization_id = m.organization_id and a.member_id = m.member_id
                       group by a.policy_id) f
                join iam.policy p on p.organization_id = m.organization_id and p.policy_id = f.policy_id) as policies,
             (select coalesce(jsonb_agg(mp.policy_id order by mp.policy_id collate "C"), '[]')
                from iam.member_policy mp
               where mp.organization_id = m.organization_id and mp.member_id = m.member_id) as direct_policy_ids,
             (select coalesce(jsonb_agg(mg.group_id order by mg.group_id collate "C"), '[]')
                from iam.member_group mg
               where mg.organization_id = m.organization_id and mg.member_id = m.member_id) as group_ids
        from iam.member m
       where m.organization_id = ${organizationId} and ${condition}`,
  );
  return rows.map((row) => ({
    organizationId: row.organization_id,
    memberId: row.member_id,
    email: row.email,
    name: row.name,
    locale: row.locale,
    status: row.status,
    memberSince: row.member_since,
    policies: row.policies,
    // Last, so that no stored value stands in for it: this attribute is what fences each member's own tokens off.
    attributes: { ...row.attributes, memberId: [row.member_id] },
    revision: row.revision,
    directPolicyIds: row.direct_policy_ids,
    groupIds: row.group_ids,
  }));
};
