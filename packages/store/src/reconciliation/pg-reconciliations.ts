import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { JobName } from '../outbox/job-contracts.ts';
import type { ReconciliationRecord, Reconciliations } from './reconciliations.ts';

interface Row {
  readonly organization_id: string;
  readonly compared_at: number;
  readonly outcome: ReconciliationRecord['outcome'];
  readonly owner_count: number;
  readonly missing_ids: readonly string[];
  readonly confirmed_ids: readonly string[] | null;
}

const toRecord = (row: Row): ReconciliationRecord => ({
  organizationId: row.organization_id,
  comparedAt: row.compared_at,
  outcome: row.outcome,
  ownerCount: row.owner_count,
  missingIds: row.missing_ids,
  confirmedIds: row.confirmed_ids,
});

const SELECT = `
  select organization_id, ${msOf('compared_at')} as compared_at, outcome, owner_count, missing_ids, confirmed_ids
    from latchkey.reconciliation where organization_id = $1`;

interface MemberRow {
  readonly member_id: string;
}

const memberOf = ({ member_id }: MemberRow): string => member_id;

interface StoppedRow extends MemberRow {
  readonly dead: readonly { readonly messageId: string; readonly payload: unknown }[];
}

// Of all these members in one go: asked one by one, whoever plans it may read all tokens each time before it finds none.
const UNENDED = `
  select distinct owner_id as member_id from latchkey.token
   where organization_id = $1 and owner_id = any ($2::text[]) and kind = 'personal' and state <> 'revoked'
     and deactivated_because is distinct from 'owner_removed'`;

const STOPPED = `
  select x.member_id, array (
           select jsonb_build_object('messageId', m.message_id, 'payload', m.payload) from latchkey.outbox_message m
            where m.organization_id = $1 and m.name = $3 and m.payload ->> 'memberId' = x.member_id and m.dead_at is not null
            order by m.dead_at desc limit 20) as dead
    from unnest($2::text[]) as x (member_id)
   where not exists (
     select 1 from latchkey.outbox_message m
      where m.organization_id = $1 and m.name = $3 and m.payload ->> 'memberId' = x.member_id
        and m.done_at is null and m.dead_at is null)
   order by x.member_id`;

export const createReconciliations = (database: Database): Reconciliations => {
  const find = async (organizationId: string, tx?: Tx, lock = '') => {
    const [row] = await database.query<Row>(tx, `${SELECT} ${lock}`, [organizationId]);
    return row === undefined ? null : toRecord(row);
  };
  return {
    find,

    save: async (tx, { organizationId, comparedAt, outcome, ownerCount, missingIds }) => {
      const before = await find(organizationId, tx, 'for update');
      await database.query(
        tx,
        `insert into latchkey.reconciliation as r (organization_id, compared_at, outcome, owner_count, missing_ids)
         values ($1, $2, $3, $4, $5)
         on conflict (organization_id) do update
            set compared_at = $2, outcome = $3, owner_count = $4, missing_ids = $5,
                confirmed_ids = case when $3 = 'done' then null else r.confirmed_ids end`,
        [organizationId, timeOf(comparedAt), outcome, ownerCount, [...missingIds]],
      );
      return before;
    },

    confirm: async (tx, organizationId) => {
      const [row] = await database.query<{ ids: readonly string[] }>(
        tx,
        `update latchkey.reconciliation set confirmed_ids = missing_ids
          where organization_id = $1 and outcome = 'held' returning confirmed_ids as ids`,
        [organizationId],
      );
      return row?.ids ?? null;
    },

    listOwners: async (organizationId, { after = '', limit }) => {
      const rows = await database.query<{ member_id: string }>(
        undefined,
        `select member_id from latchkey.owner_gate
          where organization_id = $1 and closed_at is null and member_id > $2 order by member_id limit $3`,
        [organizationId, after, limit],
      );
      return rows.map(({ member_id }) => member_id);
    },

    findStopped: async (tx, organizationId, { closedBefore, after, limit }) => {
      // ONE-EFFECT: two that found the same would both hand it over. In a statement of its own: the next one sees what was committed.
      await database.query(
        tx,
        `select pg_advisory_xact_lock(hashtextextended('latchkey.stopped_cascades ' || $1, 0))`,
        [organizationId],
      );
      // The page is of gates and not of what is found: however many have nothing left, each call looks at so many (BOUNDED-WORK).
      const gates = await database.query<MemberRow>(
        tx,
        `select member_id from latchkey.owner_gate
          where organization_id = $1 and closed_at <= $2 and member_id > $3 order by member_id limit $4`,
        [organizationId, timeOf(closedBefore), after, limit],
      );
      const unended = await database.query<MemberRow>(tx, UNENDED, [organizationId, gates.map(memberOf)]);
      const rows =
        unended.length === 0
          ? []
          : await database.query<StoppedRow>(tx, STOPPED, [
              ...[organizationId, unended.map(memberOf), 'cascade-member-removal' satisfies JobName],
            ]);
      return {
        stopped: rows.map(({ member_id, dead }) => ({ memberId: member_id, deadLetters: dead })),
        next: gates.length < limit ? null : (gates.at(-1)?.member_id ?? null),
      };
    },

    closeGate: async (tx, organizationId, memberId, at) => {
      const [row] = await database.query<{ closed: boolean }>(
        tx,
        'select latchkey.close_owner_gate($1, $2, $3) as closed',
        [organizationId, memberId, timeOf(at)],
      );
      return row?.closed ?? false;
    },
  };
};
