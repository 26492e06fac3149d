import type { Dialect, HostPolicy, RoleAttributes, Tx } from '@latchkey/core';

/** What permissions have become by a write. Each policy that a subject names stands among `policies` once. */
export interface ChangedPermissions {
  readonly organizationId: string;
  /** The organization's permission revision at this write. */
  readonly revision: string;
  readonly dialect: Dialect;
  readonly policies: readonly HostPolicy[];
  readonly subjects: readonly ChangedSubject[];
}

/** A member with the policies that apply to it in their order, or a policy by itself; `null` where it is no more. */
export interface ChangedSubject {
  readonly type: 'member' | 'policy';
  readonly id: string;
  readonly policyIds: readonly string[] | null;
  readonly attributes: RoleAttributes;
}

/** Remembers what permissions were, for whoever asks later why something was decided; the composition gives one. */
export interface PermissionKeeper {
  /** In the transaction of the write: what is kept and what is so commit together. */
  keep(tx: Tx, permissions: ChangedPermissions): Promise<void>;
}
