import type { HostMember, Instant } from '@latchkey/core';
import type { PermissionLayer, Request } from '@latchkey/core/policy';
import type { LookedUpToken, SystemCredentialRecord } from '@latchkey/store';

/** Who is calling, after proof. Permissions are those of this very call: nothing of them is kept for the next one. */
export type Principal = MemberPrincipal | TokenPrincipal | CredentialPrincipal;

/** A member by console session. */
export interface MemberPrincipal {
  readonly type: 'member';
  readonly organizationId: string;
  readonly member: HostMember;
  readonly layers: readonly PermissionLayer[];
  /**
   * Its age says whether rights may be raised by it. `digest` is `null` where the host signs its members in: that
   * session isn't ours to end.
   */
  readonly session: { readonly createdAt: Instant; readonly digest: Uint8Array | null };
}

/** A presented token that was accepted. */
export interface TokenPrincipal {
  readonly type: 'token';
  readonly organizationId: string;
  readonly token: LookedUpToken;
  /** Which of its secrets was presented. */
  readonly secretNumber: number;
  readonly superseded: boolean;
  /** The owner of a personal token; `null` for a service token. */
  readonly owner: HostMember | null;
  /** The token's own permissions first, then the owner's: all of them must allow (NO-ESCALATION). */
  readonly layers: readonly PermissionLayer[];
  /** Counts what it was allowed or denied in the management API itself. Left out: nobody counts. */
  readonly note?: (request: Request, effect: 'allow' | 'deny') => void;
}

/** The installation's own credential: it has no permissions of any organization. */
export interface CredentialPrincipal {
  readonly type: 'credential';
  readonly credential: SystemCredentialRecord;
  /**
   * Whether it is still good: for calls that last. Out of memory where that is as good as asking, and then at once.
   * @throws StoreUnavailable (as a rejection)
   */
  readonly stands: () => boolean | Promise<boolean>;
}

/** Those who may call what belongs to an organization. */
export type OrganizationPrincipal = MemberPrincipal | TokenPrincipal;
