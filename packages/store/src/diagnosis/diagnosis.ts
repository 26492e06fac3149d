import type { Instant } from '@latchkey/core';

/** What PostgreSQL says of itself, as far as promises of ours rest on it. */
export interface ServerFacts {
  /** `server_version_num`, such as 180001. */
  readonly version: number;
  readonly isSuperuser: boolean;
  readonly inRecovery: boolean;
  readonly synchronousCommit: string;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  /** Milliseconds; 0 where a pooler has dropped what the store asked for. */
  readonly statementTimeoutMs: number;
  /** Standbys that stream, by how sure their copy is. */
  readonly standbys: readonly { readonly state: string; readonly count: number }[];
  readonly now: Instant;
}

/** How many secrets that are still accepted, or seals, need a key. */
export interface KeyUse {
  readonly ring: 'pepper' | 'tag' | 'audit';
  readonly keyId: string;
  readonly count: number;
}

/** For whoever asks what is wrong. Each question on its own, so that one that fails leaves the others' answers. */
export interface Diagnosis {
  server(): Promise<ServerFacts>;
  keyUse(): Promise<readonly KeyUse[]>;
  /** Migrations that have run and that this release doesn't know: a newer one was here. */
  unknownMigrations(): Promise<readonly string[]>;
  /** Audit events that wait for their seal; the age of the oldest in milliseconds. */
  unsealed(): Promise<{ readonly count: number; readonly oldestMs: number }>;
  /** First days of the months that a partition is there for, the oldest first. */
  partitionMonths(): Promise<readonly string[]>;
  /** The queries that must return no row and do, leaving alone what may be under way for `patienceMs`. */
  broken(
    patienceMs: number,
  ): Promise<readonly { readonly name: string; readonly invariant: string; readonly count: number }[]>;
}
