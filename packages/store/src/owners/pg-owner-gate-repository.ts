import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { OwnerGateRecord, OwnerGateRepository } from './owner-gate-repository.ts';

interface Row {
  readonly organization_id: string;
  readonly member_id: string;
  readonly closed_at: number | null;
  readonly mark: number;
}

const SELECT = `select organization_id, member_id, ${msOf('closed_at')} as closed_at, mark::float8
  from latchkey.owner_gate where organization_id = $1 and member_id = $2`;

const toRecord = (row: Row): OwnerGateRecord => ({
  organizationId: row.organization_id,
  memberId: row.member_id,
  closed: row.closed_at !== null,
  closedAt: row.closed_at,
  mark: row.mark,
});

export const createOwnerGateRepository = (database: Database): OwnerGateRepository => {
  const read = async (tx: Tx | undefined, organizationId: string, memberId: string, lock = '') => {
    const rows = await database.query<Row>(tx, `${SELECT} ${lock}`, [organizationId, memberId]);
    return rows[0] === undefined ? null : toRecord(rows[0]);
  };

  const get = async (tx: Tx, organizationId: string, memberId: string, lock = ''): Promise<OwnerGateRecord> => {
    const gate = await read(tx, organizationId, memberId, lock);
    if (gate === null) throw new TypeError('the gate has just been written and is not there');
    return gate;
  };

  return {
    find: (organizationId, memberId, tx) => read(tx, organizationId, memberId),

    lockForShare: async (organizationId, memberId, tx) => {
      await database.query(
        tx,
        'insert into latchkey.owner_gate (organization_id, member_id) values ($1, $2) on conflict do nothing',
        [organizationId, memberId],
      );
      return get(tx, organizationId, memberId, 'for share');
    },

    close: async (tx, organizationId, memberId, at) => {
      await database.query(
        tx,
        `insert into latchkey.owner_gate as g (organization_id, member_id, closed_at, mark) values ($1, $2, $3, 1)
         on conflict (organization_id, member_id) do update set closed_at = $3, mark = g.mark + 1
          where g.closed_at is null`,
        [organizationId, memberId, timeOf(at)],
      );
      return get(tx, organizationId, memberId);
    },
  };
};
