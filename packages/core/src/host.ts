import type { Instant } from './clock.ts';
import type { PermissionCatalogue } from './policy/catalogue.ts';
import type { RoleAttributes } from './policy/policy.ts';
import type { Tx } from './tx.ts';

/**
 * The host port: what Latchkey needs to know of the IAM platform that it is plugged into, and no more.
 *
 * Left out on purpose: how members sign in, how policies are edited, how groups nest. A host that owns those keeps
 * them; the embedded directory offers them beside this port, not through it.
 *
 * Every method may throw `HostUnavailable`: an outage. Nobody takes that for "no such member" (FAIL-CLOSED).
 */
export interface Host {
  /** A member as the host knows it at this moment, or `null` where no such membership ever existed. */
  findMember(organizationId: string, memberId: string, tx?: Tx): Promise<HostMember | null>;

  /** Up to `limit` members, ordered by id, those after `after`. A failed or partial page throws. */
  listMembers(
    organizationId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly HostMember[]>;

  /** One policy by its id, read live, or `null`. Named policies of a token are resolved by this. */
  findPolicies(organizationId: string, policyIds: readonly string[], tx?: Tx): Promise<readonly HostPolicy[]>;

  /** What there is to be allowed, and which actions mean "list", "manage personal", "manage service", "administer". */
  catalogue(organizationId: string): Promise<PermissionCatalogue>;

  /** `null` where the host has no permission revision: service tokens can't be issued then. */
  readonly issuerPin: IssuerPin | null;
}

/**
 * Holds an issuer's permissions still while a service token is issued (COVERED-AT-ISSUE).
 *
 * `transactional`: the organization's permission-revision row is locked FOR SHARE in `tx`; what is read afterwards in
 * `tx` can't change before it ends. `remote`: read, commit as pending, read again (not before that commit), compare.
 */
export type IssuerPin =
  | { readonly kind: 'transactional'; pin(organizationId: string, tx: Tx): Promise<{ readonly revision: string }> }
  | { readonly kind: 'remote'; read(organizationId: string, memberId: string): Promise<{ readonly revision: string }> };

export interface HostMember {
  readonly organizationId: string;
  /** Names one membership and is never used again: someone who comes back has another one. */
  readonly memberId: string;
  readonly email: string;
  readonly name: string;
  /** BCP 47, such as `en`, `zh-CN`, `ja`. */
  readonly locale: string;
  readonly status: 'active' | 'removed';
  readonly memberSince: Instant;
  /** Policies that apply: direct ones and those of groups, already resolved, in the host's order. Unparsed text. */
  readonly policies: readonly HostPolicy[];
  readonly attributes: RoleAttributes;
  /** Grows whenever anything of the above changes, the text of a policy and group membership included. */
  readonly revision: string;
}

/** A policy as the host stores it. Its statements are read by `readHostPolicies`, which is never wider than the host. */
export interface HostPolicy {
  readonly id: string;
  readonly name: string;
  readonly statements: unknown;
}

/** What the host tells us happened. In its own transaction where it is embedded, by webhook or SCIM where it is not. */
export type HostEvent =
  | { readonly type: 'member_removed'; readonly organizationId: string; readonly memberId: string }
  | { readonly type: 'member_changed'; readonly organizationId: string; readonly memberId: string }
  | { readonly type: 'policies_changed'; readonly organizationId: string };

/** The host can't be asked, or answered with something that can't be believed. 503, never 401 (FAIL-CLOSED). */
export class HostUnavailable extends Error {
  override readonly name = 'HostUnavailable';
}
