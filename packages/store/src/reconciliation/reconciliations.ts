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

/** A removed member whose personal tokens nobody is at work to end. */
export interface StoppedCascade {
  readonly memberId: string;
  /** What was given up of it, the latest first; empty where no message of it is there. */
  readonly deadLetters: readonly { readonly messageId: string; readonly payload: unknown }[];
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
  /**
   * Of a page of gates that were closed until `closedBefore`, in the order of their members: those whose cascade has stopped, that
   * is, with tokens that it would end and no message that waits or is at work. Whoever asks the same waits until `tx` ends.
   * @returns `next`: where the next page begins; `null` where this was the last
   */
  findStopped(
    tx: Tx,
    organizationId: string,
    page: { readonly closedBefore: Instant; readonly after: string; readonly limit: number },
  ): Promise<{ readonly stopped: readonly StoppedCascade[]; readonly next: string | null }>;
  /** Closes an open gate, and ends the member's sessions with it. @returns `false` where it was closed, or never was */
  closeGate(tx: Tx, organizationId: string, memberId: string, at: Instant): Promise<boolean>;
}
