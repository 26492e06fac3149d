import type { Instant } from '@latchkey/core';
import type { AuditAction, AuditEvent } from '@latchkey/store';

/** An audit event of something that a schedule did to a token (AUDIT-WITH-CAUSE). */
export const workerEvent = (
  schedule: string,
  action: AuditAction,
  { organizationId, tokenId }: { readonly organizationId: string; readonly tokenId: string },
  at: Instant,
  details: AuditEvent['details'],
): Omit<AuditEvent, 'eventId'> => ({
  organizationId,
  at,
  actor: { type: 'worker', id: schedule },
  action,
  target: { type: 'token', id: tokenId },
  reason: null,
  address: null,
  client: null,
  requestId: null,
  details,
});
