import type { Instant, Tx } from '@latchkey/core';

/** What the last comparison of an organization's owners with its host came to. */
export interface ReconciliationRecord {
  readonly organizationId: string;
  readonly comparedAt: Instant;
  /** `held`: so many were missing at once that nothing was done; an operator looks at it. */
  readonly outcome: 'done' | 'held' | 'host_unavailable';
  readonly ownerCount: number;
  /** Those who were held back. */
  readonly missingIds: readonly string[];
  /** Those whose removal an operator has confirmed. */
  readonly confirmedIds: readonly string[] | null;
}

export interface Reconciliations {
  find(organizationId: string, tx?: Tx): Promise<ReconciliationRecord | null>;
  /** What was confirmed stays confirmed until a comparison is done. @returns what was there before, locked until `tx` ends */
  save(tx: Tx, reconciliation: Omit<ReconciliationRecord, 'confirmedIds'>): Promise<ReconciliationRecord | null>;
  /** Confirms what is held back now, and nothing that is found missing later. @returns how many; `null` where nothing is held */
  confirm(tx: Tx, organizationId: string): Promise<readonly string[] | null>;
  /** Members with an open gate, a page in the order of their ids: those who own, or have owned, personal tokens. */
  listOwners(
    organizationId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]>;
  /** Closes an open gate, and ends the member's sessions with it. @returns `false` where it was closed, or never was */
  closeGate(tx: Tx, organizationId: string, memberId: string, at: Instant): Promise<boolean>;
}
