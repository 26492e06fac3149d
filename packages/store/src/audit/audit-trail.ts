import type { Instant, Tx } from '@latchkey/core';

/** Who did an audited thing. */
export interface Actor {
  readonly type: 'member' | 'token' | 'credential' | 'worker' | 'operator';
  readonly id: string;
}

export type AuditAction =
  | 'token.issued'
  | 'token.renamed'
  | 'token.described'
  | 'token.permissions_changed'
  | 'token.extended'
  | 'token.activated'
  | 'token.deactivated'
  | 'token.rotated'
  | 'token.expired'
  | 'token.revoked'
  | 'token.purged'
  | 'token.handed_over'
  | 'token.grace_period_cut'
  | 'token.used_after_cut'
  | 'member.added'
  | 'member.removed'
  | 'member.removal_reported'
  | 'member.policies_set'
  | 'policy.created'
  | 'policy.updated'
  | 'policy.removed'
  | 'group.created'
  | 'group.updated'
  | 'group.removed'
  | 'member.signed_in'
  | 'member.signed_out'
  | 'credential.issued'
  | 'credential.revoked'
  | 'call.denied'
  | 'organization.personal_data_erased'
  | 'organization.audit_events_dropped'
  | 'organization.created'
  | 'organization.settings_changed'
  | 'organization.tokens_stopped'
  | 'organization.removals_confirmed'
  | 'organization.emergency'
  | 'installation.emergency'
  | 'installation.restored'
  | 'installation.retention_changed';

/** One immutable record. Details are allow-listed by the writer and never hold a secret (SECRET-ONCE). */
export interface AuditEvent {
  readonly eventId: string;
  readonly organizationId: string;
  readonly at: Instant;
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly target: {
    readonly type: 'token' | 'member' | 'policy' | 'group' | 'credential' | 'organization';
    readonly id: string;
  };
  readonly reason: string | null;
  readonly address: string | null;
  readonly client: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditFilter {
  readonly action?: AuditAction;
  readonly actorId?: string;
  readonly targetId?: string;
  readonly from?: Instant;
  readonly to?: Instant;
}

/** Append-only; the roles of API and worker have no UPDATE and no DELETE here (AUDIT-WITH-CAUSE). */
export interface AuditTrail {
  append(tx: Tx, events: readonly Omit<AuditEvent, 'eventId'>[]): Promise<void>;
  /**
   * Appends an event of which there is one for each target; `false` where it is there already. Of many at once one writes
   * it (ONE-EFFECT).
   */
  appendOnce(tx: Tx, event: Omit<AuditEvent, 'eventId'>): Promise<boolean>;
  /** The latest hand-over of each of these personal tokens, and the service token that took over. */
  listHandOvers(
    organizationId: string,
    tokenIds: readonly string[],
  ): Promise<readonly { readonly tokenId: string; readonly to: string }[]>;
  /** Newest first; `after` is the last event seen. */
  list(
    organizationId: string,
    page: {
      readonly filter: AuditFilter;
      readonly after?: { readonly at: Instant; readonly eventId: string };
      readonly limit: number;
    },
  ): Promise<readonly AuditEvent[]>;
}
