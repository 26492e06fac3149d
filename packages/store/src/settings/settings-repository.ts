import type { Instant, Tx } from '@latchkey/core';
import type { OrganizationSettings } from '@latchkey/core/lifecycle';

export interface SettingsRecord {
  readonly settings: OrganizationSettings;
  /** Optimistic lock; 0 while the organization has said nothing. */
  readonly revision: number;
}

/** Why a token that was issued before would not be issued under some settings. */
export type OutOfBounds = 'expiry_missing' | 'lifetime' | 'address' | 'idle';

export interface TokenOutOfBounds {
  readonly tokenId: string;
  readonly name: string;
  readonly kind: 'personal' | 'service';
  readonly ownerId: string | null;
  readonly expiresAt: Instant | null;
  readonly addressRanges: readonly string[];
  readonly because: readonly OutOfBounds[];
}

export interface SettingsRepository {
  /** The defaults where the organization has said nothing. */
  find(organizationId: string, tx?: Tx): Promise<SettingsRecord>;
  /** The same, held until `tx` ends: a change of settings comes before what is judged by them, or after it. */
  lockForShare(tx: Tx, organizationId: string): Promise<SettingsRecord>;
  lockForUpdate(tx: Tx, organizationId: string): Promise<SettingsRecord>;
  /** Of a row that this transaction has locked. */
  save(tx: Tx, organizationId: string, settings: OrganizationSettings): Promise<SettingsRecord>;
  /**
   * Makes those who issue tokens in this organization come one after the other until `tx` ends, and counts the tokens
   * that aren't revoked: of a limit on their number only the one before can have taken the last place.
   */
  countTokens(
    tx: Tx,
    organizationId: string,
    ownerId: string | null,
  ): Promise<{ readonly ofOrganization: number; readonly ofMember: number }>;
  /**
   * Tokens neither revoked nor expired that would not be issued under these settings, oldest first, and how many there
   * are. Addresses are compared range by range: `address` is to be judged again where several ranges cover one.
   */
  listOutOfBounds(
    organizationId: string,
    settings: OrganizationSettings,
    limit: number,
    now: Instant,
    tx?: Tx,
  ): Promise<{ readonly tokens: readonly TokenOutOfBounds[]; readonly total: number }>;
  /** Members with more personal tokens than that, those with the most first, and all tokens of the organization. */
  listOverLimit(
    organizationId: string,
    ofMember: number,
    limit: number,
    tx?: Tx,
  ): Promise<readonly { readonly memberId: string; readonly count: number }[]>;
}
