import type { Instant, PersonalPermissions, TokenPermissions, Tx } from '@latchkey/core';
import type { TokenState } from '@latchkey/core/lifecycle';
import type {
  LookedUpSecret,
  LookedUpToken,
  Marks,
  SecretRecord,
  TokenRecord,
  TokenWithDigests,
  TokenWithSecrets,
} from './token-record.ts';

/** Everything that one verification needs, read in one statement (GATE-FIRST: the gate is read with the token). */
export interface TokenLookup {
  readonly token: LookedUpToken;
  /** What could match: live ones and, to record a late use, spent ones; newest first, at most 16 (BOUNDED-WORK). */
  readonly secrets: readonly LookedUpSecret[];
  /** Current marks. `owner` is the gate's; 0 where there is none. */
  readonly marks: Marks;
  /** Whether the owner's gate is closed: the member was removed. Always false for a service token. */
  readonly ownerGateClosed: boolean;
  /** Read by the same statement: an answer of another incarnation is used, and never kept. `null` where there is none. */
  readonly coherence: { readonly incarnation: string | null };
  /** The database's clock. */
  readonly now: Instant;
}

export interface TokenFilter {
  /** Compared as names are: without case. */
  readonly nameContains?: string;
  readonly kind?: 'personal' | 'service';
  readonly issuerId?: string;
  readonly ownerId?: string;
  /** `expired` is read from `now`, not stored. Revoked ones appear only when asked for. */
  readonly status?: 'active' | 'inactive' | 'expired' | 'revoked';
  /** Not used since: by its last use, or by its issue where it was never used. */
  readonly unusedSince?: Instant;
  /** Not expired yet, and expiring at that instant at the latest. */
  readonly expiringBy?: Instant;
  /** Only personal tokens of this member: what one sees without the permission to list. */
  readonly visibleTo?: string;
}

export type TokenSort = 'createdAt' | 'name' | 'expiresAt' | 'lastUsedAt';

export interface TokenPage {
  readonly filter: TokenFilter;
  readonly sort: TokenSort;
  readonly direction: 'asc' | 'desc';
  /** The record's own sort value (its name, or an instant) and the id of the last row seen. Nulls come last. */
  readonly after?: { readonly value: string | number | null; readonly tokenId: string };
  /** 1 to 200. */
  readonly limit: number;
  readonly now: Instant;
}

/** Tokens of a page. `goOn`, unless it is `null`, is the last place that was looked at before the page was full. */
export interface TokenRows {
  readonly tokens: readonly TokenWithSecrets[];
  readonly goOn: NonNullable<TokenPage['after']> | null;
}

export type NewToken = Omit<
  TokenRecord,
  'revision' | 'deactivatedAt' | 'deactivatedBecause' | 'revokedAt' | 'lastUsedAt'
>;
export type NewSecret = Omit<
  SecretRecord,
  | 'spent'
  | 'supersededAt'
  | 'acceptedUntil'
  | 'firstUsedAt'
  | 'lastUsedAt'
  | 'lastUsedAddress'
  | 'lastUsedClient'
  | 'cutWhenSilentMs'
>;

/** What may be changed of a token. Permissions of a service token are missing on purpose (FROZEN-SERVICE). */
export interface TokenChange {
  readonly name?: string;
  readonly description?: string | null;
  readonly state?: TokenState;
  readonly deactivatedAt?: Instant | null;
  readonly deactivatedBecause?: 'asked' | 'owner_removed' | 'late_use' | 'idle' | null;
  readonly revokedAt?: Instant;
  readonly expiresAt?: Instant | null;
  readonly personalPermissions?: TokenPermissions;
}

/** As much of a personal token as a warning needs. */
export interface TokenOfOwner {
  readonly tokenId: string;
  readonly name: string;
  readonly ownerId: string;
}

/** A personal token's permissions that are policies of the host. */
export type NamedPermissions = Extract<PersonalPermissions, { readonly type: 'policies' }>;

/** A secret was accepted. */
export interface SecretUse {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly secretNumber: number;
  readonly at: Instant;
  /** IP address; `null` where it isn't known. */
  readonly address: string | null;
  /** User-Agent. */
  readonly client: string | null;
}

/** A token with where from and by which client it was used last. */
export interface TokenInUse extends TokenRecord {
  readonly lastUsedAddress: string | null;
  readonly lastUsedClient: string | null;
}

/** Some of several tokens, those used last first, and how many there are. */
export interface TokensInUse {
  readonly tokens: readonly TokenInUse[];
  readonly total: number;
}

/** A superseded secret that somebody has gone on using since its rotation. */
export interface StillUsed {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly name: string;
  readonly secretNumber: number;
  readonly acceptedUntil: Instant;
  readonly lastUsedAt: Instant;
  readonly lastUsedAddress: string | null;
  readonly lastUsedClient: string | null;
}

export interface TokenRepository {
  /**
   * By the public id alone; one prepared statement that begins after the call, no hydration. `null` for an unknown id.
   * Look-ups that come while others are under way share a statement.
   */
  lookUp(tokenId: string, tx?: Tx): Promise<TokenLookup | null>;

  /** As it stands now; `null` where this organization has none such (TENANT-WALL). */
  find(organizationId: string, tokenId: string, tx?: Tx): Promise<TokenWithSecrets | null>;

  /** The same with digests, locked FOR UPDATE until `tx` ends. */
  findForUpdate(organizationId: string, tokenId: string, tx: Tx): Promise<TokenWithDigests | null>;

  /** Several of them, each locked FOR UPDATE in the order of their ids; those that this organization hasn't are left out. */
  findManyForUpdate(organizationId: string, tokenIds: readonly string[], tx: Tx): Promise<readonly TokenWithDigests[]>;

  /** Locks the row FOR SHARE and reads it again: a token that acts may not have been revoked in mid-call. */
  lockForShare(organizationId: string, tokenId: string, tx: Tx): Promise<TokenLookup | null>;

  /** As many as the page may have, or all that there are. */
  list(organizationId: string, page: TokenPage): Promise<readonly TokenWithSecrets[]>;

  /** The same with bounded work: where names are searched there may be fewer, and more behind `goOn`. */
  listSome(organizationId: string, page: TokenPage): Promise<TokenRows>;

  /** Personal tokens of these owners that are neither revoked nor expired, newest first, and how many there are. */
  listOfOwners(
    organizationId: string,
    ownerIds: readonly string[],
    limit: number,
    now: Instant,
  ): Promise<{ readonly tokens: readonly TokenOfOwner[]; readonly total: number }>;

  /**
   * What a member's removal means: the personal tokens that end with it, and the service tokens that the member, or a
   * token of the member's, has issued, which go on. Neither revoked nor expired ones, up to `limit` each.
   */
  listForRemoval(
    organizationId: string,
    memberId: string,
    limit: number,
    now: Instant,
  ): Promise<{ readonly ending: TokensInUse; readonly goingOn: TokensInUse }>;

  /** Whose personal tokens that aren't revoked name this policy of the host, and with which others: each pair once. */
  listNaming(
    organizationId: string,
    policyId: string,
    tx: Tx,
  ): Promise<readonly { readonly ownerId: string; readonly permissions: NamedPermissions }[]>;

  isNameTaken(organizationId: string, nameKey: string, tx?: Tx): Promise<boolean>;

  /** @throws NameTaken where another token that isn't revoked has it; decided by a unique index, so without a race. */
  insert(tx: Tx, token: NewToken, nameKey: string, secret: NewSecret): Promise<TokenWithSecrets>;

  /** @throws NameTaken; RevisionConflict where `revision` isn't the stored one. */
  update(
    tx: Tx,
    organizationId: string,
    tokenId: string,
    revision: number,
    change: TokenChange & { readonly nameKey?: string },
  ): Promise<TokenWithSecrets>;

  /** Adds a rotation's secret and gives the one before it `acceptedUntil`. */
  addSecret(
    tx: Tx,
    organizationId: string,
    tokenId: string,
    secret: NewSecret,
    superseded: { readonly at: Instant; readonly acceptedUntil: Instant; readonly cutWhenSilentMs?: number | null },
  ): Promise<void>;

  /** Ends the grace periods that still run at `at`, and gives how many did. They never end later than they would have. */
  endGrace(tx: Tx, organizationId: string, tokenId: string, at: Instant): Promise<number>;

  /**
   * Ends up to `limit` grace periods of secrets that were rotated with `cutWhenSilentMs`: the newest secret has been used
   * and the old one hasn't for so long, as far as uses are recorded. The slice that somebody else has in hand is left out.
   */
  cutSilentSecrets(
    tx: Tx,
    limit: number,
    now: Instant,
  ): Promise<readonly { readonly organizationId: string; readonly tokenId: string; readonly secretNumber: number }[]>;

  /** Notes that a secret was presented that is not accepted any more; `false` where that was noted an hour ago or later. */
  noteLateUse(tx: Tx, organizationId: string, tokenId: string, now: Instant): Promise<boolean>;

  /** Superseded secrets in use although their grace period ends soon, the first to end first: what is about to break. */
  listStillUsed(
    organizationId: string,
    page: { readonly from: Instant; readonly to: Instant; readonly limit: number },
  ): Promise<readonly StillUsed[]>;

  /** Replaces digests by their spent images: revoked or cut. Those given are matched by number. */
  spendSecrets(
    tx: Tx,
    organizationId: string,
    tokenId: string,
    spent: readonly { readonly number: number; readonly digest: Uint8Array }[],
  ): Promise<void>;

  /**
   * Spends one secret if nobody has used it yet; `false` where somebody has. Asked and done in one statement: a first use
   * comes before it, and is found, or after it.
   */
  spendUnused(
    tx: Tx,
    organizationId: string,
    tokenId: string,
    spent: { readonly number: number; readonly digest: Uint8Array },
  ): Promise<boolean>;

  /**
   * The first acceptance of a secret, once in its life; false where it was recorded before, or the secret has been spent
   * since it was read: then it is not to be accepted. Its own transaction.
   */
  recordFirstUse(
    organizationId: string,
    tokenId: string,
    secretNumber: number,
    at: Instant,
    from?: Pick<SecretUse, 'address' | 'client'>,
  ): Promise<boolean>;

  /**
   * Last uses, collected by a verifier: each secret's and each token's latest counts, never an earlier one. A token whose
   * row is locked at that moment keeps its former time until its next use.
   */
  recordUses(uses: readonly SecretUse[]): Promise<void>;

  /**
   * One slice of a member's cascade: deactivates for good up to `limit` of its personal tokens that still say
   * otherwise, and returns them in the order of their ids. Empty means done, of those behind `after`; whoever goes on where the
   * slice before ended reads no token twice, and in the end asks for all of them once more. Idempotent (ONE-EFFECT).
   */
  deactivateForRemovedOwner(
    tx: Tx,
    organizationId: string,
    ownerId: string,
    limit: number,
    at: Instant,
    after?: string,
  ): Promise<readonly TokenRecord[]>;
}

/** Another token of the organization that isn't revoked has this name. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';
}

/** Somebody else changed the row first. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
}
