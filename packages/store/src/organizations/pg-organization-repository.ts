import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { OrganizationRecord, OrganizationRepository } from './organization-repository.ts';

/** 7 days: what a rotation may ask for where the organization says nothing. */
const DEFAULT_MAX_GRACE_MS = 7 * 24 * 60 * 60 * 1000;

const COLUMNS = `organization_id, name, routing_key, mark::float8, max_grace_ms::float8, ${msOf('created_at')} as created_at`;

interface Row {
  readonly organization_id: string;
  readonly name: string;
  readonly routing_key: string;
  readonly mark: number;
  readonly max_grace_ms: number;
  readonly created_at: number;
}

const toRecord = (row: Row): OrganizationRecord => ({
  organizationId: row.organization_id,
  name: row.name,
  routingKey: row.routing_key,
  mark: row.mark,
  maxGraceMs: row.max_grace_ms,
  createdAt: row.created_at,
});

export const createOrganizationRepository = (database: Database): OrganizationRepository => {
  const find = async (organizationId: string, tx?: Tx): Promise<OrganizationRecord | null> => {
    const rows = await database.query<Row>(
      tx,
      `select ${COLUMNS} from latchkey.organization where organization_id = $1`,
      [organizationId],
    );
    return rows[0] === undefined ? null : toRecord(rows[0]);
  };

  return {
    find,

    list: async () =>
      (
        await database.query<Row>(undefined, `select ${COLUMNS} from latchkey.organization order by organization_id`)
      ).map(toRecord),

    insert: async (tx, organization) => {
      await database.query(
        tx,
        `insert into latchkey.organization (organization_id, name, routing_key, max_grace_ms, created_at)
         values ($1, $2, $3, $4, $5) on conflict (organization_id) do nothing`,
        [
          ...[organization.organizationId, organization.name, organization.routingKey],
          ...[organization.maxGraceMs ?? DEFAULT_MAX_GRACE_MS, timeOf(organization.createdAt)],
        ],
      );
      const stored = await find(organization.organizationId, tx);
      if (stored === null) throw new TypeError('the organization has just been written and is not there');
      return stored;
    },

    marks: async (organizationId, tx) => {
      const rows = await database.query<{ installation: number; organization: number }>(
        tx,
        `select i.mark::float8 as installation, o.mark::float8 as organization
           from latchkey.installation i cross join latchkey.organization o where o.organization_id = $1`,
        [organizationId],
      );
      // FAIL-CLOSED: 0 would be a mark that no token is behind.
      if (rows[0] === undefined) throw new TypeError(`there is no organization ${organizationId}`);
      return rows[0];
    },

    raiseMark: async (tx, organizationId) => {
      const rows = await database.query<{ mark: number }>(
        tx,
        'update latchkey.organization set mark = mark + 1 where organization_id = $1 returning mark::float8',
        [organizationId],
      );
      if (rows[0] === undefined) throw new TypeError(`there is no organization ${organizationId}`);
      return rows[0].mark;
    },

    raiseInstallationMark: async (tx) => {
      const rows = await database.query<{ mark: number }>(
        tx,
        'update latchkey.installation set mark = mark + 1 returning mark::float8',
      );
      if (rows[0] === undefined) throw new TypeError('the installation has no row: migrate first');
      return rows[0].mark;
    },
  };
};
