import type { Directory } from '../directory.ts';
import type { DirectoryDeps } from './database.ts';
import { createEmbeddedHost } from './embedded-host.ts';
import { createGroups } from './groups.ts';
import { createMembers } from './members.ts';
import { createOrganizations } from './organizations.ts';
import { createPolicies } from './policies.ts';

/**
 * The embedded directory: the default host, in PostgreSQL schema `iam` of the store's own database, so that a write to it,
 * its audit event and what it does to tokens commit together.
 */
export const createEmbeddedDirectory = (deps: DirectoryDeps): Directory => ({
  host: createEmbeddedHost(deps),
  organizations: createOrganizations(deps),
  members: createMembers(deps),
  policies: createPolicies(deps),
  groups: createGroups(deps),
});
