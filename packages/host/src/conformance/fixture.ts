import type { Host, Statement, Tx } from '@latchkey/core';

/** A host under test and the hand of whoever runs it: how to make it hold what a case needs. One for each case. */
export interface HostFixture {
  readonly host: Host;
  /** Two organizations, empty but for what their catalogues bring. */
  readonly organizationId: string;
  readonly otherOrganizationId: string;
  readonly platform: Platform;
  /** Runs in a transaction that the host can share; asked for only where its pin is `transactional`. */
  transaction?<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** From here on the host can't be reached. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

/** What an IAM platform can do to itself. Each resolves when the host port has to show it. */
export interface Platform {
  addPolicy(organizationId: string, policy: NewPolicy): Promise<{ readonly policyId: string }>;
  editPolicy(organizationId: string, policyId: string, statements: readonly Statement[]): Promise<void>;
  /** `active`, with these policies directly, in no group. The same e-mail may be given again after a removal. */
  addMember(organizationId: string, member: NewMember): Promise<{ readonly memberId: string }>;
  setPolicies(organizationId: string, memberId: string, policyIds: readonly string[]): Promise<void>;
  removeMember(organizationId: string, memberId: string): Promise<void>;
  /** `null` where the platform has no groups: the cases about them are left out. */
  readonly groups: {
    add(organizationId: string, group: NewGroup): Promise<{ readonly groupId: string }>;
    set(organizationId: string, groupId: string, group: NewGroup): Promise<void>;
  } | null;
}

export interface NewPolicy {
  /** Unique in the organization. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

export interface NewMember {
  readonly email: string;
  readonly name: string;
  readonly policyIds: readonly string[];
}

export interface NewGroup {
  readonly policyIds: readonly string[];
  readonly memberIds: readonly string[];
}
