import type { Tx } from '@latchkey/core';

/** What recalling everything would end. */
export interface Recallable {
  /** Neither revoked nor recalled already. */
  readonly tokens: number;
  readonly credentials: number;
  readonly sessions: number;
}

/** The installation itself, above all organizations. */
export interface InstallationRepository {
  countRecallable(): Promise<Recallable>;
  /**
   * Raises the mark: every token issued until now is refused from the commit on (TERMINAL: marks only grow). Gives the new
   * one. The caller writes the change.
   */
  recallTokens(tx: Tx): Promise<number>;
  /** The same for the installation's own credentials, which have a mark of their own. */
  recallCredentials(tx: Tx): Promise<number>;
  /** Ends every session and every sign-in link. */
  endSessions(tx: Tx): Promise<void>;
}
