import { sql } from 'kysely';

/**
 * Which policies apply to which member, as a sub-query with `organization_id`, `member_id`, `policy_id`, `group_id` (empty
 * for what was given directly). The one place that says so: reading a member, counting the Owners and finding whom a
 * policy concerns all ask it.
 *
 * featbit: everything, directly or through groups. Where two policies had one name FeatBit would keep the first; here a
 * name is unique in its organization, so that can't arise.
 *
 * launchdarkly: a custom role given to a member replaces its base role, whichever it is, and the roles of its teams are
 * added to what there is (LaunchDarkly's documentation, "Managing role assignments" and "Common misconceptions about
 * Custom Roles"). So a custom policy among the direct ones makes the direct built-in ones not apply, and nothing that
 * comes through a group ever replaces anything. What then applies is combined most permissively by the dialect itself:
 * each policy is judged alone and one that allows is enough (PERMISSIONS). Someone whose Owner role was replaced is no
 * Owner: the guard of the last Owner counts what applies, not what is given.
 */
export const applyingPolicies = sql`(
  select mp.organization_id, mp.member_id, mp.policy_id, '' as group_id
    from iam.member_policy mp
    join iam.policy p on p.organization_id = mp.organization_id and p.policy_id = mp.policy_id
    join iam.organization o on o.organization_id = mp.organization_id
   where not (
     o.dialect = 'launchdarkly' and p.built_in and exists (
       select 1
         from iam.member_policy other
         join iam.policy custom on custom.organization_id = other.organization_id and custom.policy_id = other.policy_id
        where other.organization_id = mp.organization_id and other.member_id = mp.member_id and not custom.built_in
     )
   )
  union all
  select mg.organization_id, mg.member_id, gp.policy_id, mg.group_id
    from iam.member_group mg
    join iam.group_policy gp on gp.organization_id = mg.organization_id and gp.group_id = mg.group_id
)`;
