import type { Instant, Tx } from '@latchkey/core';

/** An organization as Latchkey keeps it; its members and policies are the host's. */
export interface OrganizationRecord {
  readonly organizationId: string;
  readonly name: string;
  /** First three characters of its tokens' ids; several organizations may share one. */
  readonly routingKey: string;
  readonly mark: number;
  /** Longest grace period that a rotation may ask for, in milliseconds. */
  readonly maxGraceMs: number;
  readonly createdAt: Instant;
}

export interface OrganizationRepository {
  find(organizationId: string, tx?: Tx): Promise<OrganizationRecord | null>;
  list(): Promise<readonly OrganizationRecord[]>;
  /** Does nothing where it exists already; returns what is stored. */
  insert(
    tx: Tx,
    organization: Omit<OrganizationRecord, 'mark' | 'maxGraceMs'> & { readonly maxGraceMs?: number },
  ): Promise<OrganizationRecord>;
  /** The installation's mark and an organization's, as they stand. */
  marks(organizationId: string, tx?: Tx): Promise<{ readonly installation: number; readonly organization: number }>;
  /** Marks only grow (TERMINAL). */
  raiseMark(tx: Tx, organizationId: string): Promise<number>;
  raiseInstallationMark(tx: Tx): Promise<number>;
}
