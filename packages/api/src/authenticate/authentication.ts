import type { CredentialPrincipal, TokenPrincipal } from '../principal.ts';

/** A credential as somebody presented it, before anything of it is believed. */
export interface PresentedCredential {
  /** Anything at all: most of it is no token. */
  readonly text: string;
  /** Where it was presented from, after trusted proxies; `null` where that isn't known. */
  readonly address: string | null;
  /** User-Agent. */
  readonly client: string | null;
}

/**
 * What became of a presented token. A 401 has no reason, whoever asks: without the secret nobody learns a token's state
 * (PROOF-FIRST). An outage is none of these: it throws (FAIL-CLOSED).
 */
export type Authentication =
  | { readonly accepted: true; readonly principal: TokenPrincipal }
  | { readonly accepted: false; readonly status: 401 }
  | { readonly accepted: false; readonly status: 403; readonly reason: 'owner_removed' | 'inactive' | 'address' };

/** The same for a credential of the installation: it has no owner, no address ranges, and no state but revoked. */
export type CredentialAuthentication =
  | { readonly accepted: true; readonly principal: CredentialPrincipal }
  | { readonly accepted: false; readonly status: 401 };
