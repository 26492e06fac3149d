import type { Dialect, Statement } from './policy.ts';

export type AccessLevel = 'read' | 'write' | 'metrics' | 'admin';

export interface CatalogueAction {
  readonly name: string;
  readonly access: AccessLevel;
  /** Whether a service token may hold it at all; where not, a frozen deny is added at issue. */
  readonly grantableToService: boolean;
  readonly narrowable: boolean;
}

export interface CatalogueResourceType {
  readonly type: string;
  /** The pattern of all resources of this type, such as `project/*:env/*:flag/*`. */
  readonly resource: string;
  readonly narrowable: boolean;
  readonly actions: readonly CatalogueAction[];
}

/** What there is to be allowed in a host, and what means managing tokens. */
export interface PermissionCatalogue {
  readonly dialect: Dialect;
  readonly accessLevels: readonly AccessLevel[];
  readonly resourceTypes: readonly CatalogueResourceType[];
  readonly policies: readonly {
    readonly name: string;
    readonly builtIn: boolean;
    readonly statements: readonly Statement[];
  }[];
  readonly management: TokenManagement;
}

export type ManagedVerb =
  | 'issue'
  | 'clone'
  | 'rename'
  | 'describe'
  | 'changePermissions'
  | 'rotate'
  | 'activate'
  | 'deactivate'
  | 'revoke'
  | 'extend';

/** One request template; `{memberId}` and `{tokenId}` are filled in by `managementRequest`. */
export interface ManagementRequest {
  readonly action: string;
  readonly resource: string;
}

/**
 * Which requests mean listing, managing and administering tokens. A verb that a host has no action for falls back on
 * another one of the same kind, and the table says which: nothing is decided by a missing entry.
 */
export interface TokenManagement {
  readonly list: ManagementRequest;
  readonly personal: Readonly<Record<ManagedVerb, ManagementRequest>>;
  readonly service: Readonly<Record<Exclude<ManagedVerb, 'changePermissions'>, ManagementRequest>>;
  readonly administer: ManagementRequest;
}
