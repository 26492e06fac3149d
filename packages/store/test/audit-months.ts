import { dropAuditMonth, type OpenStore } from '../src/index.ts';
import { AUDIT_KEYS, anchorOf, appendEvents, auditEvent, sealAllAt } from './audit-chain.ts';
import { chainCrypto } from './node-crypto.ts';

/** The first instant of the month so many months ago, in UTC. */
export const monthsAgo = (count: number, now = new Date()): number =>
  Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1);

/** As partitions are called. */
export const monthNamed = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** How far back a retention reaches that lets go of what was sealed before this instant, and of nothing after it. */
export const daysSince = (instant: number): number => Math.floor((Date.now() - instant) / 86_400_000);

export const anchorAll = async (worker: OpenStore): Promise<void> =>
  worker.auditChain.noteAnchored(await worker.auditChain.unanchored(0, 1_000));

/** One month of a trail: events of the organization, sealed in the middle of it and anchored. @returns the anchor */
export const addMonth = async (
  worker: OpenStore,
  ago: number,
  { count = 3, organizationId = 'acme', at = monthsAgo(ago) + 10 * 86_400_000 } = {},
) => {
  await appendEvents(
    worker,
    Array.from({ length: count }, (_, i) =>
      auditEvent(i, { organizationId, target: { type: 'token', id: `${ago}-${i}` } }),
    ),
  );
  await sealAllAt(worker, at);
  const anchor = await anchorOf(worker, organizationId);
  await anchorAll(worker);
  return anchor;
};

export const dropMonth = (worker: OpenStore, month: string, keys = AUDIT_KEYS) =>
  dropAuditMonth(worker, { crypto: chainCrypto, keys }, month);

/** Drops what retention lets go of, as the worker's schedule does. @returns the months */
export const dropOverdue = async (worker: OpenStore): Promise<readonly string[]> => {
  const dropped: string[] = [];
  for (;;) {
    const [month] = (await worker.auditRetention.facts()).overdueMonths;
    if (month === undefined) return dropped;
    const answer = await dropMonth(worker, month);
    if (answer !== 'dropped') throw new Error(`${month} was not dropped: ${answer}`);
    dropped.push(month);
  }
};
