import { emptyPermissions, type Kind, type PermissionDraft } from '../permissions/permission-draft.ts';
import { DEFAULT_EXPIRY, type ExpiryDraft } from './expiry.ts';

/** What has been typed into the panel so far. */
export interface IssueDraft {
  readonly name: string;
  readonly description: string;
  readonly kind: Kind;
  readonly permissions: PermissionDraft;
  readonly expiry: ExpiryDraft;
  /** CIDR, one a line. */
  readonly addressRanges: string;
}

export const emptyDraft = (kind: Kind): IssueDraft => ({
  name: '',
  description: '',
  kind,
  permissions: emptyPermissions,
  expiry: DEFAULT_EXPIRY,
  addressRanges: '',
});

/** Ranges apart by lines, commas or spaces. */
export const addressRangesOf = (text: string): string[] => text.split(/[\s,]+/).filter((range) => range !== '');
