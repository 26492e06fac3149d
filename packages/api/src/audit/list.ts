import type { AuditEventView, Output, ParsedInput } from '@latchkey/contract';
import type { AuditAction, AuditEvent } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor } from '../pages/cursor.ts';
import { nextCursor, rowsFor } from '../pages/page.ts';
import { iso } from '../tokens/token-view.ts';
import { droppedBy } from './dropped.ts';

/** Where the next page begins: after this event, newest first. */
interface Position {
  readonly at: number;
  readonly eventId: string;
}

/** A page of the organization's audit trail, newest first. */
export const listAudit = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { cursor, limit, ...query }: ParsedInput<'audit', 'list'>,
): Promise<Output<'audit', 'list'>> => {
  const scope = { list: 'audit', organizationId, query };
  // Signed by us for exactly this list, so it is what was written below.
  const after = readCursor(deps, scope, cursor) as Position | undefined;
  const { action, actorId, targetId, from, to } = query;
  const rows = await deps.store.audit.list(organizationId, {
    filter: {
      // Compared as text: an action that isn't one finds nothing.
      ...(action === undefined ? {} : { action: action as AuditAction }),
      ...(actorId === undefined ? {} : { actorId }),
      ...(targetId === undefined ? {} : { targetId }),
      ...(from === undefined ? {} : { from: Date.parse(from) }),
      ...(to === undefined ? {} : { to: Date.parse(to) }),
    },
    ...(after === undefined ? {} : { after }),
    limit: rowsFor(limit),
  });
  const stubs = await deps.store.auditChain.stubs(organizationId);
  return {
    dropped: droppedBy(stubs),
    items: rows.slice(0, limit).map(toAuditEventView),
    nextCursor: nextCursor(deps, scope, rows, limit, ({ at, eventId }): Position => ({ at, eventId })),
  };
};

const toAuditEventView = (event: AuditEvent): AuditEventView => ({
  eventId: event.eventId,
  at: iso(event.at),
  actor: { type: event.actor.type, id: event.actor.id },
  action: event.action,
  target: { type: event.target.type, id: event.target.id },
  reason: event.reason,
  address: event.address,
  client: event.client,
  requestId: event.requestId,
  details: { ...event.details },
});
