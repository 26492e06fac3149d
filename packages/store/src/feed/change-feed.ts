import type { Tx } from '@latchkey/core';

/** What verifiers must forget. Every stopping transaction writes one or more of these. */
export type Change =
  | { readonly subject: 'token'; readonly organizationId: string; readonly id: string }
  | { readonly subject: 'owner'; readonly organizationId: string; readonly id: string }
  | { readonly subject: 'organization'; readonly organizationId: string }
  | { readonly subject: 'permissions'; readonly organizationId: string };

/** The change feed: rows carry `pg_current_xact_id()`, because sequence order is not commit order. */
export interface ChangeFeed {
  /** Also sends NOTIFY `latchkey_change` at commit. */
  append(tx: Tx, changes: readonly Change[]): Promise<void>;
}
