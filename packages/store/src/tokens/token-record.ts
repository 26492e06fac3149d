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
  readonly deactivatedBecause: 'asked' | 'owner_removed' | 'late_use' | 'idle' | null;
  readonly revokedAt: Instant | null;
  /** The latest use of any of its secrets, spent ones included; at most a minute late. */
  readonly lastUsedAt: Instant | null;
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

/** One secret of a token, without what proves it: what lists and views need. */
export interface SecretSummary {
  /** 1 for the first; grows by one with each rotation. */
  readonly number: number;
  /** Cut, or its token revoked. */
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
  /** Where from and by which client that was; `null` where it isn't known. */
  readonly lastUsedAddress: string | null;
  readonly lastUsedClient: string | null;
  /** Its grace period ends early once it has been silent for so long while its successor is in use; `null`: it doesn't. */
  readonly cutWhenSilentMs: number | null;
}

/** The text is nowhere: the digest is all there is (DUMP-MINTS-NOTHING). */
export interface SecretRecord extends SecretSummary {
  /** 32 bytes; once spent, a one-way image of the digest that can't authenticate. */
  readonly digest: Uint8Array;
}

/**
 * A token with its secrets that aren't spent, newest first. One whose grace period has ended stays among them until a
 * rotation or a cut spends it: compare `acceptedUntil`.
 */
export interface TokenWithSecrets extends TokenRecord {
  readonly secrets: readonly SecretSummary[];
}

/** The same with digests: what rotating, cutting and revoking need to spend them. */
export interface TokenWithDigests extends TokenRecord {
  readonly secrets: readonly SecretRecord[];
}

/** What a verification needs of a token, or whoever explains one: a look-up reads no more, and a node remembers no more. */
export type LookedUpToken = Omit<TokenRecord, 'description' | 'deactivatedAt' | 'lastUsedAt'>;

/** The same of a secret. */
export type LookedUpSecret = Omit<
  SecretRecord,
  'tagKeyId' | 'lastUsedAt' | 'lastUsedAddress' | 'lastUsedClient' | 'cutWhenSilentMs'
>;
