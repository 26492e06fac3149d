import type { Tx } from '@latchkey/core';
import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import { CLAIM, type ClaimRow, toContent } from './claim.ts';
import { EXPIRY, GRACE_END, IDLE_SINCE_ISSUE, IDLE_SINCE_USE, ROTATION } from './due.ts';
import type { ReminderName, ReminderPage, ReminderScan, Reminders } from './reminders.ts';

interface PageRow {
  readonly looked_at: number;
  readonly last_at: number | null;
  readonly last_id: string | null;
  readonly made: readonly Pick<ReminderName, 'tokenId' | 'kind' | 'channel' | 'anchor'>[];
}

const THIS = `organization_id = $1 and token_id = $2 and kind = $3 and anchor = $4 and threshold_days = $5 and channel = $6`;

const valuesOf = ({ organizationId, tokenId, kind, anchor, thresholdDays, channel }: ReminderName): unknown[] => [
  ...[organizationId, tokenId, kind, timeOf(anchor), thresholdDays, channel],
];

export const createReminders = (database: Database): Reminders => {
  const scanPage = async (
    tx: Tx,
    text: string,
    scan: ReminderScan,
    more: readonly unknown[],
  ): Promise<ReminderPage> => {
    const { organizationId, thresholdDays, channels, after, limit, now } = scan;
    const [row] = await database.query<PageRow>(tx, text, [
      ...[organizationId, thresholdDays, timeOf(now), channels, timeOf(after?.at ?? 0), after?.tokenId ?? '', limit],
      ...more,
    ]);
    if (row === undefined) throw new TypeError('a page has no row');
    const isLast = row.looked_at < limit || row.last_at === null || row.last_id === null;
    return {
      made: row.made.map((each) => ({ organizationId, thresholdDays, ...each })),
      next: isLast ? null : { at: row.last_at, tokenId: row.last_id },
    };
  };

  return {
    remindOfExpiry: (tx, scan) => scanPage(tx, EXPIRY, scan, [scan.nearerDays]),
    remindOfRotation: (tx, scan) => scanPage(tx, ROTATION, scan, []),
    remindOfIdleness: (tx, scan) =>
      scanPage(tx, scan.everUsed ? IDLE_SINCE_USE : IDLE_SINCE_ISSUE, scan, [timeOf(scan.idleSince)]),

    remindOfGraceEnd: (tx, scan) => scanPage(tx, GRACE_END, { ...scan, thresholdDays: 0 }, []),

    claim: async (name, now, claimMs) => {
      const [row] = await database.query<ClaimRow>(undefined, CLAIM, [
        ...valuesOf(name),
        timeOf(now),
        timeOf(now - claimMs),
      ]);
      if (row === undefined) return null;
      return row.claimed ? toContent(name, row) : 'busy';
    },

    settle: async (name, as, at) => {
      await database.query(
        undefined,
        `update latchkey.reminder set settled_at = $7, settled_as = $8 where ${THIS} and settled_at is null`,
        [...valuesOf(name), timeOf(at), as],
      );
    },

    release: async (name) => {
      await database.query(
        undefined,
        `update latchkey.reminder set claimed_at = null where ${THIS} and settled_at is null`,
        valuesOf(name),
      );
    },

    lag: async (now) => {
      const [row] = await database.query<{ count: number; oldest: number | null }>(
        undefined,
        `select count(*)::int as count, ${msOf('min(created_at)')} as oldest from latchkey.reminder where settled_at is null`,
      );
      return { count: row?.count ?? 0, oldestMs: row?.oldest == null ? 0 : Math.max(0, now - row.oldest) };
    },
  };
};
