import type { Instant } from '@latchkey/core';
import type { AuditAction, AuditEvent } from '@latchkey/store';

/** The trail of what concerns no single organization; no organization can have this id. */
export const INSTALLATION_TRAIL = '*';

/** The audit event of a command: whoever may run it on the server is "the operator"; the machine knows no more. */
export const operatorEvent = (
  organizationId: string,
  at: Instant,
  action: AuditAction,
  target: AuditEvent['target'],
  details: AuditEvent['details'] = {},
): Omit<AuditEvent, 'eventId'> => ({
  organizationId,
  at,
  actor: { type: 'operator', id: 'latchkey-server' },
  action,
  target,
  reason: null,
  address: null,
  client: null,
  requestId: null,
  details,
});
