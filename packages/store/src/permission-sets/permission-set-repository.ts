import type { Dialect, HostPolicy, Instant, RoleAttributes, Tx } from '@latchkey/core';

/** What permissions are kept of: a member with all policies that apply to it, or one policy, which tokens may name. */
export interface PermissionSubject {
  readonly type: 'member' | 'policy';
  readonly id: string;
}

/** What a subject has from now on. */
export interface KeptSubject extends PermissionSubject {
  /** Ids of `policies`, in the order in which they apply; `null` where there is nothing any more: removed. */
  readonly policyIds: readonly string[] | null;
  readonly attributes: RoleAttributes;
}

export interface PermissionsToKeep {
  readonly organizationId: string;
  /** Of the organization's permissions; grows with each write, so that two of one millisecond have an order. */
  readonly revision: string;
  readonly dialect: Dialect;
  /** Every policy that a subject names, once. */
  readonly policies: readonly HostPolicy[];
  readonly subjects: readonly KeptSubject[];
}

export interface PermissionsThen {
  /** Since when they were so. */
  readonly since: Instant;
  /** `null` where the subject had been removed. */
  readonly permissions: {
    readonly dialect: Dialect;
    readonly policies: readonly HostPolicy[];
    readonly attributes: RoleAttributes;
  } | null;
}

/**
 * What members' permissions and policies' texts have been, by content: each text and each list of texts is stored once
 * for an organization, however many members and instants share it. Append-only, like the audit trail beside it.
 */
export interface PermissionSetRepository {
  /** In the transaction that changed them. Nothing is written for a subject that has what it had; at most three statements. */
  keep(tx: Tx, permissions: PermissionsToKeep): Promise<void>;

  /** As they were at an instant; `null` where nothing was kept, or where what was kept is not what its digest says. */
  findAt(organizationId: string, subject: PermissionSubject, at: Instant, tx?: Tx): Promise<PermissionsThen | null>;

  /** Whether anything is kept of an organization; where not, its directory is kept as it stands. */
  isBegun(organizationId: string, tx?: Tx): Promise<boolean>;
}
