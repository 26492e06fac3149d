import { HostUnavailable, type Tx } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { DirectoryRefusal } from '../directory.ts';
import { applyingPolicies } from './applying-policies.ts';
import { type DirectoryDeps, select, write } from './database.ts';
import { keepPermissions } from './keep-permissions.ts';

/** A write under way: the organization's revision row is locked until the transaction ends. */
export interface IamChange {
  readonly em: EntityManager;
  /** Raises the revision of these members: call it for whomever the write concerns. */
  touch(memberIds: readonly string[]): Promise<void>;
  /** Says whose text came, changed or went: tokens name policies that no member has. */
  touchPolicies(policyIds: readonly string[]): void;
}

// The built-in policy of that name, in both dialects. Built-in policies can't be renamed, edited or removed.
const hasOwner = async (em: EntityManager, organizationId: string): Promise<boolean> => {
  const owners = await select(
    em,
    sql`select 1
          from iam.policy p
          join ${applyingPolicies} a on a.organization_id = p.organization_id and a.policy_id = p.policy_id
          join iam.member m on m.organization_id = a.organization_id and m.member_id = a.member_id
         where p.organization_id = ${organizationId} and p.built_in and p.name = 'Owner' and m.status = 'active'
         limit 1`,
  );
  return owners.length > 0;
};

/**
 * The way every IAM write goes. It first updates the organization's permission-revision row, so the writes of one
 * organization follow one another and an issuer's pin (FOR SHARE on that row) makes them wait (COVERED-AT-ISSUE). A
 * member's revision is the organization's at the last write that concerned it: the organization's only grows and no two
 * writes share one, so the member's grows too.
 *
 * What is refused is undone to where the write began, also when the caller goes on with its transaction: whether an Owner
 * is left is asked after the write, of the same sub-query that decides, rather than foretold for each way of losing one.
 *
 * A caller that locks rows of its own beside this one has to do so in one order everywhere; whoever pins and then
 * writes in the same transaction can deadlock with another who does (PostgreSQL refuses one of them).
 * @throws DirectoryRefusal `not_found` for an unknown organization, `last_owner`, and what `work` refuses.
 */
export const changeIam = async <T>(
  deps: DirectoryDeps,
  tx: Tx,
  organizationId: string,
  work: (change: IamChange) => Promise<T>,
): Promise<T> => {
  const em = deps.entityManagerOf(tx);
  await write(em, sql`savepoint iam_change`);
  try {
    const [row] = await write(
      em,
      sql<{ readonly revision: string }>`
        update iam.permission_revision set revision = revision + 1
         where organization_id = ${organizationId} returning revision::text as revision`,
    );
    if (row === undefined) throw new DirectoryRefusal('not_found', 'There is no such organization');
    const ownedBefore = await hasOwner(em, organizationId);
    const touched = { memberIds: [] as string[], policyIds: [] as string[] };
    const result = await work({
      em,
      touchPolicies: (policyIds) => void touched.policyIds.push(...policyIds),
      touch: async (memberIds) => {
        for (const memberId of memberIds) touched.memberIds.push(memberId);
        await write(
          em,
          sql`update iam.member set revision = ${row.revision}::bigint
               where organization_id = ${organizationId} and member_id = any(${memberIds}::text[])`,
        );
      },
    });
    if (ownedBefore && !(await hasOwner(em, organizationId)))
      throw new DirectoryRefusal('last_owner', 'No active member would be left to whom the policy Owner applies');
    // After the write, and in it: what is kept is what will be so from the commit on.
    await keepPermissions(deps, tx, organizationId, row.revision, touched);
    await write(em, sql`release savepoint iam_change`);
    return result;
  } catch (error) {
    // Where the database is gone there is nothing to undo, and asking it would hide why.
    if (!(error instanceof HostUnavailable)) {
      await write(em, sql`rollback to savepoint iam_change`);
      await write(em, sql`release savepoint iam_change`);
    }
    throw error;
  }
};
