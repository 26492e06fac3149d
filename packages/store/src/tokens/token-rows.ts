import type { TokenPermissions } from '@latchkey/core';
import type { TokenState } from '@latchkey/core/lifecycle';
import { msOf } from '../database/time.ts';
import type { SecretRecord, SecretSummary, TokenRecord } from './token-record.ts';

/** A token's columns of table `t`, named as `TokenRow` names them. */
export const TOKEN_COLUMNS = [
  't.organization_id, t.token_id, t.kind, t.name, t.description, t.state, t.owner_id, t.issuer_type, t.issuer_id',
  't.parent_token_id, t.project, t.permissions, t.address_ranges',
  `${msOf('t.created_at')} as created_at, ${msOf('t.expires_at')} as expires_at`,
  `${msOf('t.deactivated_at')} as deactivated_at, t.deactivated_because, ${msOf('t.revoked_at')} as revoked_at`,
  `${msOf('t.last_used_at')} as last_used_at`,
  't.installation_mark::float8, t.organization_mark::float8, t.owner_mark::float8, t.revision',
].join(', ');

export interface TokenRow {
  readonly organization_id: string;
  readonly token_id: string;
  readonly kind: 'personal' | 'service';
  readonly name: string;
  readonly description: string | null;
  readonly state: TokenState;
  readonly owner_id: string | null;
  readonly issuer_type: 'member' | 'token';
  readonly issuer_id: string;
  readonly parent_token_id: string | null;
  readonly project: string | null;
  readonly permissions: TokenPermissions;
  readonly address_ranges: readonly string[];
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly deactivated_at: number | null;
  readonly deactivated_because: 'asked' | 'owner_removed' | 'late_use' | 'idle' | null;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
  readonly installation_mark: number;
  readonly organization_mark: number;
  readonly owner_mark: number;
  readonly revision: number;
}

export const toTokenRecord = (row: TokenRow): TokenRecord => toRecord(row, row.permissions);

/** `permissions`: as they were read from the row. */
export const toRecord = (row: Omit<TokenRow, 'permissions'>, permissions: TokenPermissions): TokenRecord => ({
  organizationId: row.organization_id,
  tokenId: row.token_id,
  kind: row.kind,
  name: row.name,
  description: row.description,
  state: row.state,
  ownerId: row.owner_id,
  issuer: { type: row.issuer_type, id: row.issuer_id },
  parentTokenId: row.parent_token_id,
  project: row.project,
  permissions,
  addressRanges: row.address_ranges,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  deactivatedAt: row.deactivated_at,
  deactivatedBecause: row.deactivated_because,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
  marks: { installation: row.installation_mark, organization: row.organization_mark, owner: row.owner_mark },
  revision: row.revision,
});

/** A secret's columns of table `s`, prefixed, so that they can stand beside those of its token. */
export const SECRET_SUMMARY_COLUMNS = [
  's.number as s_number, s.spent as s_spent, s.pepper_id as s_pepper_id, s.tag_key_id as s_tag_key_id',
  `s.hint as s_hint, ${msOf('s.created_at')} as s_created_at, ${msOf('s.superseded_at')} as s_superseded_at`,
  `${msOf('s.accepted_until')} as s_accepted_until, ${msOf('s.first_used_at')} as s_first_used_at`,
  `${msOf('s.last_used_at')} as s_last_used_at`,
  's.last_used_address as s_last_used_address, s.last_used_client as s_last_used_client',
  's.cut_when_silent_ms::float8 as s_cut_when_silent_ms',
].join(', ');

export const SECRET_COLUMNS = `${SECRET_SUMMARY_COLUMNS}, s.digest as s_digest`;

export interface SecretSummaryRow {
  readonly s_number: number;
  readonly s_spent: boolean;
  readonly s_pepper_id: string;
  readonly s_tag_key_id: string;
  readonly s_hint: string;
  readonly s_created_at: number;
  readonly s_superseded_at: number | null;
  readonly s_accepted_until: number | null;
  readonly s_first_used_at: number | null;
  readonly s_last_used_at: number | null;
  readonly s_last_used_address: string | null;
  readonly s_last_used_client: string | null;
  readonly s_cut_when_silent_ms: number | null;
}

export interface SecretRow extends SecretSummaryRow {
  readonly s_digest: Uint8Array;
}

export const toSecretSummary = (row: SecretSummaryRow): SecretSummary => ({
  number: row.s_number,
  spent: row.s_spent,
  pepperId: row.s_pepper_id,
  tagKeyId: row.s_tag_key_id,
  hint: row.s_hint,
  createdAt: row.s_created_at,
  supersededAt: row.s_superseded_at,
  acceptedUntil: row.s_accepted_until,
  firstUsedAt: row.s_first_used_at,
  lastUsedAt: row.s_last_used_at,
  lastUsedAddress: row.s_last_used_address,
  lastUsedClient: row.s_last_used_client,
  cutWhenSilentMs: row.s_cut_when_silent_ms,
});

export const toSecretRecord = (row: SecretRow): SecretRecord => ({ ...toSecretSummary(row), digest: row.s_digest });
