import type { Host, HostMember, Instant, Statement, Tx } from '@latchkey/core';

/**
 * The embedded directory beside its port: what a host that owns members, groups and policies can do with them. Every
 * write takes the caller's transaction, raises the organization's permission revision and the revision of each member
 * that it touches. Who may do it is the API's business.
 */
export interface Directory {
  readonly host: Host;
  readonly organizations: DirectoryOrganizations;
  readonly members: DirectoryMembers;
  readonly policies: DirectoryPolicies;
  readonly groups: DirectoryGroups;
}

export interface DirectoryOrganizations {
  list(): Promise<readonly { readonly organizationId: string; readonly name: string }[]>;
  /**
   * With its catalogue and the catalogue's policies; `true` where this call made it. Does nothing where it exists.
   * @throws InvalidCatalogue for a catalogue that can't be read; nothing is stored.
   */
  insert(
    tx: Tx,
    organization: { readonly organizationId: string; readonly name: string; readonly catalogue: unknown },
  ): Promise<boolean>;
  /**
   * Takes the lock that every write of the organization takes: for a caller that locks rows of its own, in one order.
   * Refused (`not_found`) where there is no such organization.
   */
  lock(tx: Tx, organizationId: string): Promise<void>;
  /**
   * Tells the keeper of every active member and every policy as they stand: for a directory that is older than its
   * keeper. Says nothing of before. Refused (`not_found`) where there is no such organization.
   */
  keepPermissions(tx: Tx, organizationId: string): Promise<void>;
}

/** A member with what was given to it directly, for the console. */
export interface DirectoryMember extends HostMember {
  readonly directPolicyIds: readonly string[];
  readonly groupIds: readonly string[];
}

export interface DirectoryMembers {
  find(organizationId: string, memberId: string, tx?: Tx): Promise<DirectoryMember | null>;
  findByEmail(organizationId: string, email: string): Promise<DirectoryMember | null>;
  /** Ordered by id. Removed ones only when asked for. */
  list(
    organizationId: string,
    page: {
      readonly search?: string;
      readonly includeRemoved?: boolean;
      readonly after?: string;
      readonly limit: number;
    },
  ): Promise<readonly DirectoryMember[]>;
  /** Someone who comes back gets a new membership with a new id (TERMINAL). Refused (`email_taken`) while an active member has the address. */
  insert(
    tx: Tx,
    organizationId: string,
    member: {
      readonly memberId: string;
      readonly email: string;
      readonly name: string;
      readonly locale: string;
      readonly memberSince: Instant;
      readonly policyIds: readonly string[];
      readonly groupIds: readonly string[];
      readonly attributes?: Readonly<Record<string, readonly string[]>>;
    },
  ): Promise<DirectoryMember>;
  /** Refused (`last_owner`) where no active member would be left to whom the policy Owner applies. */
  remove(tx: Tx, organizationId: string, memberId: string): Promise<void>;
  /** Replaces direct policies and, where given, groups and attributes. Refused: `last_owner`, `unknown_reference`. */
  setPolicies(
    tx: Tx,
    organizationId: string,
    memberId: string,
    given: {
      readonly policyIds: readonly string[];
      readonly groupIds?: readonly string[];
      readonly attributes?: Readonly<Record<string, readonly string[]>>;
    },
  ): Promise<DirectoryMember>;
}

export interface DirectoryPolicy {
  readonly organizationId: string;
  readonly policyId: string;
  readonly name: string;
  readonly description: string | null;
  readonly builtIn: boolean;
  readonly statements: readonly Statement[];
  readonly revision: number;
}

export interface DirectoryPolicies {
  find(organizationId: string, policyId: string, tx?: Tx): Promise<DirectoryPolicy | null>;
  list(
    organizationId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly DirectoryPolicy[]>;
  /** Statements are parsed by the caller. Refused: `name_taken`. */
  insert(
    tx: Tx,
    organizationId: string,
    policy: {
      readonly policyId: string;
      readonly name: string;
      readonly description: string | null;
      readonly statements: readonly Statement[];
    },
  ): Promise<DirectoryPolicy>;
  /** Refused: `built_in`, `name_taken`, `conflict` on another revision. */
  update(
    tx: Tx,
    organizationId: string,
    policyId: string,
    revision: number,
    change: {
      readonly name?: string;
      readonly description?: string | null;
      readonly statements?: readonly Statement[];
    },
  ): Promise<DirectoryPolicy>;
  /** Refused: `built_in`, `in_use` where a member or a group has it. */
  remove(tx: Tx, organizationId: string, policyId: string): Promise<void>;
  /** Active members to whom it applies, directly or through groups. */
  membersWith(organizationId: string, policyId: string, tx?: Tx): Promise<readonly string[]>;
}

export interface DirectoryGroup {
  readonly organizationId: string;
  readonly groupId: string;
  readonly name: string;
  readonly description: string | null;
  readonly policyIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly revision: number;
}

export interface DirectoryGroups {
  find(organizationId: string, groupId: string, tx?: Tx): Promise<DirectoryGroup | null>;
  list(
    organizationId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly DirectoryGroup[]>;
  insert(
    tx: Tx,
    organizationId: string,
    group: {
      readonly groupId: string;
      readonly name: string;
      readonly description: string | null;
      readonly policyIds: readonly string[];
      readonly memberIds: readonly string[];
    },
  ): Promise<DirectoryGroup>;
  /** Refused: `last_owner`, `name_taken`, `unknown_reference`, `conflict`. */
  update(
    tx: Tx,
    organizationId: string,
    groupId: string,
    revision: number,
    change: {
      readonly name?: string;
      readonly description?: string | null;
      readonly policyIds?: readonly string[];
      readonly memberIds?: readonly string[];
    },
  ): Promise<DirectoryGroup>;
  /** Refused: `last_owner`. */
  remove(tx: Tx, organizationId: string, groupId: string): Promise<void>;
}

/** Why the directory refused. One class with a closed reason: the API maps each to its own code. */
export class DirectoryRefusal extends Error {
  override readonly name = 'DirectoryRefusal';
  readonly reason: DirectoryRefusalReason;
  constructor(reason: DirectoryRefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export type DirectoryRefusalReason =
  | 'last_owner'
  | 'not_found'
  | 'member_removed'
  | 'email_taken'
  | 'name_taken'
  | 'built_in'
  | 'in_use'
  | 'unknown_reference'
  | 'conflict';
