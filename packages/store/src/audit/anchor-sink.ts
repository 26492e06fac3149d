import type { Anchor } from '@latchkey/core/audit';

/**
 * Where heads of chains are written down outside of the database: who can rewrite the one should not be able to rewrite
 * the other. A write that has returned is kept. Repeats do no harm, and what is left out is when and how often.
 */
export interface AnchorSink {
  write(anchors: readonly Anchor[]): Promise<void>;
}

/** What a sink still knows of an organization's chain, in any order. */
export interface AnchorSource {
  read(organizationId: string): Promise<readonly Anchor[]>;
}
