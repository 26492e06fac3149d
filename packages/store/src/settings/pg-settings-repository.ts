import type { Tx } from '@latchkey/core';
import { defaultSettings, type OrganizationSettings } from '@latchkey/core/lifecycle';
import type { Database } from '../database/database.ts';
import { timeOf } from '../database/time.ts';
import { LIST_OUT_OF_BOUNDS, type OutOfBoundsRow, toTokenOutOfBounds } from './out-of-bounds.ts';
import type { SettingsRecord, SettingsRepository } from './settings-repository.ts';

interface Row {
  readonly chosen: Partial<OrganizationSettings>;
  readonly revision: number;
  readonly max_grace_ms: number;
}

const SELECT = `
  select coalesce(s.chosen, '{}') as chosen, coalesce(s.revision, 0) as revision, o.max_grace_ms::float8
    from latchkey.organization o left join latchkey.settings s on s.organization_id = o.organization_id
   where o.organization_id = $1`;

// The organization's own column is what stands where nothing was chosen: it was there before the settings were.
const toRecord = ({ chosen, revision, max_grace_ms }: Row): SettingsRecord => ({
  settings: { ...defaultSettings, maxGraceMs: max_grace_ms, ...chosen },
  revision,
});

export const createSettingsRepository = (database: Database): SettingsRepository => {
  const find = async (organizationId: string, tx?: Tx): Promise<SettingsRecord> => {
    const [row] = await database.query<Row>(tx, SELECT, [organizationId]);
    // FAIL-CLOSED: defaults demand nothing, and nobody who has no organization gets them.
    if (row === undefined) throw new TypeError(`there is no organization ${organizationId}`);
    return toRecord(row);
  };

  const lock = async (tx: Tx, organizationId: string, strength: 'share' | 'update'): Promise<SettingsRecord> => {
    // A row to be locked has to be there. Its revision stays 0 until somebody chooses something.
    await database.query(
      tx,
      `insert into latchkey.settings (organization_id, chosen, revision) values ($1, '{}', 0) on conflict do nothing`,
      [organizationId],
    );
    await database.query(tx, `select 1 from latchkey.settings where organization_id = $1 for ${strength}`, [
      organizationId,
    ]);
    return find(organizationId, tx);
  };

  return {
    find,
    lockForShare: (tx, organizationId) => lock(tx, organizationId, 'share'),
    lockForUpdate: (tx, organizationId) => lock(tx, organizationId, 'update'),

    save: async (tx, organizationId, settings) => {
      await database.query(
        tx,
        'update latchkey.settings set chosen = $2::jsonb, revision = revision + 1 where organization_id = $1',
        [organizationId, JSON.stringify(settings)],
      );
      return find(organizationId, tx);
    },

    countTokens: async (tx, organizationId, ownerId) => {
      await database.query(tx, `select pg_advisory_xact_lock(hashtextextended('latchkey.issuing ' || $1, 0))`, [
        organizationId,
      ]);
      const [row] = await database.query<{ of_organization: number; of_member: number }>(
        tx,
        `select (select count(*) from latchkey.token where organization_id = $1 and state <> 'revoked')::float8
                  as of_organization,
                (select count(*) from latchkey.token
                  where organization_id = $1 and owner_id = $2 and state <> 'revoked')::float8 as of_member`,
        [organizationId, ownerId],
      );
      return { ofOrganization: row?.of_organization ?? 0, ofMember: row?.of_member ?? 0 };
    },

    listOutOfBounds: async (organizationId, settings, limit, now, tx) => {
      const { expiryDemanded, maxLifetimeDays, idleDays, addressRanges } = settings;
      const rows = await database.query<OutOfBoundsRow>(tx, LIST_OUT_OF_BOUNDS, [
        organizationId,
        timeOf(now),
        expiryDemanded.personal || maxLifetimeDays.personal !== null,
        expiryDemanded.service || maxLifetimeDays.service !== null,
        maxLifetimeDays.personal,
        maxLifetimeDays.service,
        idleDays,
        addressRanges,
        limit,
      ]);
      return { tokens: rows.map(toTokenOutOfBounds), total: rows[0]?.total ?? 0 };
    },

    listOverLimit: async (organizationId, ofMember, limit, tx) => {
      const rows = await database.query<{ owner_id: string; count: number }>(
        tx,
        `select owner_id, count(*)::float8 as count from latchkey.token
          where organization_id = $1 and owner_id is not null and state <> 'revoked'
          group by owner_id having count(*) > $2 order by count(*) desc, owner_id limit $3`,
        [organizationId, ofMember, limit],
      );
      return rows.map(({ owner_id, count }) => ({ memberId: owner_id, count }));
    },
  };
};
