import type { TokenPermissions } from '@latchkey/core';
import type { TokenState } from '@latchkey/core/lifecycle';
import { msOf } from '../database/time.ts';
import type { LookedUpSecret, LookedUpToken, SecretRecord, SecretSummary, TokenRecord } from './token-record.ts';

/** A token's columns of table `t`, named as `TokenRow` names them: what a look-up reads, and the rest. */
const LOOKED_UP_COLUMNS = [
  't.organization_id, t.token_id, t.kind, t.name, t.state, t.deactivated_because, t.owner_id, t.issuer_type, t.issuer_id',
  `t.parent_token_id, t.project, t.address_ranges, ${msOf('t.created_at')} as created_at`,
  `${msOf('t.expires_at')} as expires_at, ${msOf('t.revoked_at')} as revoked_at`,
  't.installation_mark::float8, t.organization_mark::float8, t.owner_mark::float8, t.revision',
].join(', ');

/** The same with the permissions as text, for `readPermissions`. */
export const LOOKED_UP_TOKEN = `${LOOKED_UP_COLUMNS}, t.permissions::text`;

export const TOKEN_COLUMNS = [
  LOOKED_UP_COLUMNS,
  `t.permissions, t.description, ${msOf('t.deactivated_at')} as deactivated_at`,
  `${msOf('t.last_used_at')} as last_used_at`,
].join(', ');

export interface LookedUpTokenRow {
  readonly organization_id: string;
  readonly token_id: string;
  readonly kind: 'personal' | 'service';
  readonly name: string;
  readonly state: TokenState;
  readonly deactivated_because: 'asked' | 'owner_removed' | 'late_use' | 'idle' | null;
  readonly owner_id: string | null;
  readonly issuer_type: 'member' | 'token';
  readonly issuer_id: string;
  readonly parent_token_id: string | null;
  readonly project: string | null;
  readonly address_ranges: readonly string[];
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly installation_mark: number;
  readonly organization_mark: number;
  readonly owner_mark: number;
  readonly revision: number;
}

export interface TokenRow extends LookedUpTokenRow {
  readonly permissions: TokenPermissions;
  readonly description: string | null;
  readonly deactivated_at: number | null;
  readonly last_used_at: number | null;
}

export const toTokenRecord = (row: TokenRow): TokenRecord => ({
  ...toLookedUpToken(row, row.permissions),
  description: row.description,
  deactivatedAt: row.deactivated_at,
  lastUsedAt: row.last_used_at,
});

/** `permissions`: as they were read from the row. */
export const toLookedUpToken = (row: LookedUpTokenRow, permissions: TokenPermissions): LookedUpToken => ({
  organizationId: row.organization_id,
  tokenId: row.token_id,
  kind: row.kind,
  name: row.name,
  state: row.state,
  deactivatedBecause: row.deactivated_because,
  ownerId: row.owner_id,
  issuer: { type: row.issuer_type, id: row.issuer_id },
  parentTokenId: row.parent_token_id,
  project: row.project,
  permissions,
  addressRanges: row.address_ranges,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  marks: { installation: row.installation_mark, organization: row.organization_mark, owner: row.owner_mark },
  revision: row.revision,
});

/** A secret's columns of table `s`, prefixed, so that they can stand beside those of its token. */
const LOOKED_UP_SECRET_COLUMNS = [
  's.number as s_number, s.spent as s_spent, s.pepper_id as s_pepper_id, s.hint as s_hint',
  `${msOf('s.created_at')} as s_created_at, ${msOf('s.superseded_at')} as s_superseded_at`,
  `${msOf('s.accepted_until')} as s_accepted_until, ${msOf('s.first_used_at')} as s_first_used_at`,
].join(', ');

export const LOOKED_UP_SECRET = `${LOOKED_UP_SECRET_COLUMNS}, s.digest as s_digest`;

export const SECRET_SUMMARY_COLUMNS = [
  LOOKED_UP_SECRET_COLUMNS,
  `s.tag_key_id as s_tag_key_id, ${msOf('s.last_used_at')} as s_last_used_at`,
  's.last_used_address as s_last_used_address, s.last_used_client as s_last_used_client',
  's.cut_when_silent_ms::float8 as s_cut_when_silent_ms',
].join(', ');

export const SECRET_COLUMNS = `${SECRET_SUMMARY_COLUMNS}, s.digest as s_digest`;

export interface LookedUpSecretRow {
  readonly s_number: number;
  readonly s_spent: boolean;
  readonly s_pepper_id: string;
  readonly s_hint: string;
  readonly s_created_at: number;
  readonly s_superseded_at: number | null;
  readonly s_accepted_until: number | null;
  readonly s_first_used_at: number | null;
  readonly s_digest: Uint8Array;
}

export interface SecretSummaryRow extends Omit<LookedUpSecretRow, 's_digest'> {
  readonly s_tag_key_id: string;
  readonly s_last_used_at: number | null;
  readonly s_last_used_address: string | null;
  readonly s_last_used_client: string | null;
  readonly s_cut_when_silent_ms: number | null;
}

export interface SecretRow extends SecretSummaryRow {
  readonly s_digest: Uint8Array;
}

export const toLookedUpSecret = (row: LookedUpSecretRow): LookedUpSecret => ({
  number: row.s_number,
  spent: row.s_spent,
  pepperId: row.s_pepper_id,
  hint: row.s_hint,
  createdAt: row.s_created_at,
  supersededAt: row.s_superseded_at,
  acceptedUntil: row.s_accepted_until,
  firstUsedAt: row.s_first_used_at,
  digest: row.s_digest,
});

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
