import type { Instant, Tx } from '@latchkey/core';

/** A signed-in console. Its cookie is never stored; `digest` is the SHA-256 of it. */
export interface SessionRecord {
  readonly digest: Uint8Array;
  readonly organizationId: string;
  readonly memberId: string;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  /** Absolute end. */
  readonly expiresAt: Instant;
}

export interface SessionRepository {
  insert(tx: Tx, session: SessionRecord): Promise<void>;
  find(digest: Uint8Array): Promise<SessionRecord | null>;
  /** Written at most once a minute a session by the caller's choice. */
  touch(digest: Uint8Array, at: Instant): Promise<void>;
  remove(tx: Tx, digest: Uint8Array): Promise<void>;
  removeAllOf(tx: Tx, organizationId: string, memberId: string): Promise<void>;
  /** Housekeeping: ended sessions and links. */
  removeEnded(before: Instant): Promise<number>;
}

/** A one-time sign-in link, stored as the SHA-256 of its secret. */
export interface SignInLinkRepository {
  insert(
    tx: Tx,
    link: {
      readonly digest: Uint8Array;
      readonly organizationId: string;
      readonly memberId: string;
      readonly createdAt: Instant;
      readonly expiresAt: Instant;
    },
  ): Promise<void>;
  /** Takes the link if it is unused and `now` is before its end: of many parallel callers one gets it. */
  consume(
    tx: Tx,
    digest: Uint8Array,
    now: Instant,
  ): Promise<{ readonly organizationId: string; readonly memberId: string } | null>;
}
