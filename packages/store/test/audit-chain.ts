import { setTimeout } from 'node:timers/promises';
import type { KeyRing } from '@latchkey/core';
import { type Anchor, type ChainProblem, checkEnd, checkSeals, checkStubs, DROP_ACTION } from '@latchkey/core/audit';
import { type AuditEvent, type OpenStore, sealAuditEvents } from '../src/index.ts';
import { T0 } from './fixtures.ts';
import { chainCrypto } from './node-crypto.ts';

export const AUDIT_KEYS: KeyRing = [{ id: 'audit-1', bytes: new Uint8Array(32).fill(7) }];

export const auditEvent = (i: number, given: Partial<AuditEvent> = {}): Omit<AuditEvent, 'eventId'> => ({
  organizationId: 'acme',
  at: T0 + i,
  actor: { type: 'member', id: 'ada' },
  action: 'token.issued',
  target: { type: 'token', id: `token-${i}` },
  reason: `because ${i}`,
  address: '2001:db8::1',
  client: 'curl/8',
  requestId: `r-${i}`,
  details: { number: i, nested: { b: [1, 'two', null], a: 0.5 } },
  ...given,
});

export const appendEvents = (store: OpenStore, events: readonly Omit<AuditEvent, 'eventId'>[]) =>
  store.unitOfWork.run((tx) => store.audit.append(tx, events));

/** One slice; how many were sealed. */
export const sealSlice = async (store: OpenStore, limit = 100, keys = AUDIT_KEYS): Promise<number> =>
  (await sealAuditEvents(store, { crypto: chainCrypto, keys }, limit)).sealedCount;

/**
 * Slices until nothing waits for its seal; how many were sealed. Another test's transaction on the same server, in
 * another database, holds everything up for as long as it runs.
 */
export const sealAll = async (store: OpenStore, limit = 100, keys = AUDIT_KEYS): Promise<number> => {
  for (let sealed = 0; ; ) {
    const count = await sealSlice(store, limit, keys);
    sealed += count;
    if (count > 0) continue;
    const waiting = await Promise.all(['acme', 'beta'].map((id) => store.auditChain.waiting(id)));
    if (waiting.every((each) => each.count === 0)) return sealed;
    await setTimeout(20);
  }
};

/** The same at an instant of sealing, such as one of another month. */
export const sealAllAt = (store: OpenStore, instant: number): Promise<number> =>
  sealAll({ ...store, now: async () => instant });

/** The head of a chain, as a sink outside of the database would have written it down. */
export const anchorOf = async (store: OpenStore, organizationId = 'acme'): Promise<Anchor> => {
  const anchors = await store.auditChain.unanchored(0, 100);
  const anchor = anchors.find((each) => each.organizationId === organizationId);
  if (anchor === undefined) throw new Error('there is no head that waits for its anchor');
  return anchor;
};

export interface ChainReport {
  readonly problems: readonly ChainProblem[];
  readonly sealCount: number;
  /** Numbers. */
  readonly intact: number | null;
  readonly vouched: number | null;
}

/** The whole of a chain, checked slice by slice. */
export const checkChain = async (
  store: OpenStore,
  anchors: readonly Anchor[] = [],
  { organizationId = 'acme', keys = AUDIT_KEYS }: { organizationId?: string; keys?: KeyRing | null } = {},
): Promise<ChainReport> => {
  const authority = { organizationId, keys, anchors };
  const problems: ChainProblem[] = [];
  const records = await store.audit.list(organizationId, { filter: { action: DROP_ACTION }, limit: 1_000 });
  const stubs = checkStubs(chainCrypto, authority, await store.auditChain.stubs(organizationId), ({ link }) =>
    records.some(({ details }) => details['stub'] === link),
  );
  problems.push(...stubs.problems);
  let { progress } = stubs;
  let sealCount = 0;
  for (;;) {
    const entries = await store.auditChain.read(organizationId, progress.last?.number ?? 0, 7);
    if (entries.length === 0) break;
    sealCount += entries.length;
    const claims = entries.flatMap(({ event }) => (event?.erasedBy == null ? [] : [event.erasedBy]));
    const erasures = await store.auditChain.findSealed(organizationId, claims, 'organization.personal_data_erased');
    const checked = checkSeals(chainCrypto, authority, progress, entries, ({ eventId, erasedBy }) => {
      const erased = erasures.get(erasedBy)?.['eventIds'];
      return Array.isArray(erased) && erased.includes(eventId);
    });
    problems.push(...checked.problems);
    progress = checked.progress;
  }
  problems.push(...checkEnd(authority, progress));
  for (let after: { at: number; eventId: string } | null = null; ; ) {
    const slice = await store.auditChain.findUnchained(organizationId, after, 5);
    problems.push(
      ...slice.eventIds.map((eventId): ChainProblem => ({ type: 'event_unchained', number: null, eventId })),
    );
    after = slice.last;
    if (after === null) break;
  }
  return {
    problems,
    sealCount,
    intact: progress.intact?.number ?? null,
    vouched: progress.vouched?.number ?? null,
  };
};
