import type { Instant, TokenPermissions } from '@latchkey/core';
import type { TokenState } from '@latchkey/core/lifecycle';

/** A token as stored, without its secrets. Everything is readonly: an assignment is never an UPDATE by accident. */
export interface TokenRecord {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly kind: 'personal' | 'service';
  readonly name: string;
  readonly description: string | null;
  readonly state: TokenState;
  /** The member whose live permissions bound it; `null` for a service token. */
  readonly ownerId: string | null;
  readonly issuer: Issuer;
  /** The token that issued it, if one did. */
  readonly parentTokenId: string | null;
  /** Key of the project that it identifies. */
  readonly project: string | null;
  readonly permissions: TokenPermissions;
  /** CIDR; an empty list means any address. */
  readonly addressRanges: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  /** When and why it last became inactive; `owner_removed` is for good (TERMINAL). */
  readonly deactivatedAt: Instant | null;
  readonly deactivatedBecause: 'asked' | 'owner_removed' | null;
  readonly revokedAt: Instant | null;
  /** The marks of its issue; refused while any current one is greater. Never renewed, not by activating or rotating. */
  readonly marks: Marks;
  /** Optimistic lock. */
  readonly revision: number;
}

export interface Issuer {
  readonly type: 'member' | 'token';
  readonly id: string;
}

/** Numbers that only grow; combined by maximum. */
export interface Marks {
  readonly installation: number;
  readonly organization: number;
  /** 0 for a service token. */
  readonly owner: number;
}

/** One secret of a token. The text is nowhere: the digest is all there is (DUMP-MINTS-NOTHING). */
export interface SecretRecord {
  /** 1 for the first; grows by one with each rotation. */
  readonly number: number;
  /** 32 bytes; after revoke or cut a one-way image of it that can't authenticate. */
  readonly digest: Uint8Array;
  readonly spent: boolean;
  readonly pepperId: string;
  readonly tagKeyId: string;
  /** The text's last characters, for recognition. */
  readonly hint: string;
  readonly createdAt: Instant;
  /** When a rotation replaced it. */
  readonly supersededAt: Instant | null;
  /** End of its grace period; `null` while it has not been superseded. */
  readonly acceptedUntil: Instant | null;
  readonly firstUsedAt: Instant | null;
  readonly lastUsedAt: Instant | null;
}

/** A token with its live secrets, newest first, at most two. What a page of a list shows. */
export interface TokenWithSecrets extends TokenRecord {
  readonly secrets: readonly SecretRecord[];
}
