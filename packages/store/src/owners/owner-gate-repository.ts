import type { Instant, Tx } from '@latchkey/core';

/**
 * One row for each membership that has owned a personal token or was removed. Closing it refuses all of that owner's
 * tokens at once, whatever their number (GATE-FIRST).
 */
export interface OwnerGateRecord {
  readonly organizationId: string;
  readonly memberId: string;
  readonly closed: boolean;
  readonly closedAt: Instant | null;
  readonly mark: number;
}

export interface OwnerGateRepository {
  find(organizationId: string, memberId: string, tx?: Tx): Promise<OwnerGateRecord | null>;
  /** Makes sure there is an open gate, locks it FOR SHARE and returns it: a closed one is returned closed. */
  lockForShare(organizationId: string, memberId: string, tx: Tx): Promise<OwnerGateRecord>;
  /** Closes and raises the mark. Saying it twice is one effect. */
  close(tx: Tx, organizationId: string, memberId: string, at: Instant): Promise<OwnerGateRecord>;
}
