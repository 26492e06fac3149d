import type { Change, Scope } from './change.ts';

/**
 * When something was last heard of an organization, as a number in the sequence of changes. What was looked up before
 * it is out of date: a change of a million tokens costs one assignment, and each finds out when it is used.
 */
export interface OrganizationScope {
  readonly organizationId: string;
  readonly owners: Map<string, OwnerScope>;
  changedAt: number;
  permissionsAt: number;
  holders: number;
}

export interface OwnerScope {
  readonly ownerId: string;
  changedAt: number;
  holders: number;
}

/** What an entry of a cache looks at to know whether it is out of date. */
export interface Held {
  readonly organization: OrganizationScope;
  readonly owner: OwnerScope | null;
  readonly dependsOnPermissions: boolean;
}

/** The organizations and owners of which something is kept, and of no others: bounded by what is kept. */
export interface Scopes {
  hold(scope: Scope): Pick<Held, 'organization' | 'owner'>;
  release(held: Held): void;
  note(change: Change, at: number): void;
}

export const createScopes = (): Scopes => {
  const organizations = new Map<string, OrganizationScope>();

  const organizationOf = (organizationId: string): OrganizationScope => {
    const known = organizations.get(organizationId);
    if (known !== undefined) return known;
    const organization = { organizationId, owners: new Map(), changedAt: 0, permissionsAt: 0, holders: 0 };
    organizations.set(organizationId, organization);
    return organization;
  };
  const ownerOf = ({ owners }: OrganizationScope, ownerId: string): OwnerScope => {
    const known = owners.get(ownerId);
    if (known !== undefined) return known;
    const owner = { ownerId, changedAt: 0, holders: 0 };
    owners.set(ownerId, owner);
    return owner;
  };

  return {
    hold: ({ organizationId, ownerId }) => {
      const organization = organizationOf(organizationId);
      const owner = ownerId === null ? null : ownerOf(organization, ownerId);
      organization.holders += 1;
      if (owner !== null) owner.holders += 1;
      return { organization, owner };
    },
    release: ({ organization, owner }) => {
      organization.holders -= 1;
      if (owner !== null) owner.holders -= 1;
      if (owner?.holders === 0) organization.owners.delete(owner.ownerId);
      if (organization.holders === 0) organizations.delete(organization.organizationId);
    },
    // Of whom nothing is kept there is nothing to forget: look-ups under way are told by the log of changes.
    note: (change, at) => {
      if (change.subject === 'installation' || change.subject === 'credential') return;
      const organization = organizations.get(change.organizationId);
      if (organization === undefined) return;
      if (change.subject === 'organization') organization.changedAt = at;
      else if (change.subject === 'permissions') organization.permissionsAt = at;
      else if (change.subject === 'owner') {
        const owner = organization.owners.get(change.id);
        if (owner !== undefined) owner.changedAt = at;
      }
    },
  };
};

/** The last number at which something was heard that concerns it. */
export const changedAtOf = ({ organization, owner, dependsOnPermissions }: Held): number => {
  let at = organization.changedAt;
  if (dependsOnPermissions && organization.permissionsAt > at) at = organization.permissionsAt;
  if (owner !== null && owner.changedAt > at) at = owner.changedAt;
  return at;
};
