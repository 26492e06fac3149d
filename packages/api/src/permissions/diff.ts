import type { Output, ParsedInput } from '@latchkey/contract';
import type { PermissionCatalogue } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import {
  checkTokenLimits,
  compilePermissions,
  intersect,
  type PermissionSet,
  readHostPolicies,
} from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readPolicyStatements } from '../policies/read-policy.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { permissionsInvalid, refuseProblems } from '../tokens/permission-problem.ts';
import { demand, use } from './demand.ts';
import { differencesBetween } from './differences-view.ts';
import { memberLayer } from './effective-layers.ts';

type Compared = ParsedInput<'permissions', 'diff'>['before'];

/**
 * What one set of permissions allows and another doesn't. Statements that the caller brings are anybody's to compare, as
 * many as a token may have, and administrators' as many as a policy may; policies and members are read for administrators,
 * and for whoever asks about itself.
 */
export const diffOf = async (
  deps: ApiDeps,
  { principal }: Caller,
  { before, after }: ParsedInput<'permissions', 'diff'>,
): Promise<Output<'permissions', 'diff'>> => {
  const catalogue = await deps.host.catalogue(principal.organizationId);
  return differencesBetween(
    await permissionsOf(deps, principal, catalogue, before, 'before'),
    await permissionsOf(deps, principal, catalogue, after, 'after'),
    catalogue,
  );
};

const permissionsOf = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  compared: Compared,
  field: 'before' | 'after',
): Promise<PermissionSet> => {
  const { organizationId } = principal;
  const { dialect } = catalogue;
  if (compared.type === 'statements') {
    // An empty list is "nothing at all", the other side of everything.
    const statements =
      compared.statements.length === 0
        ? []
        : readPolicyStatements(compared.statements, catalogue, `${field}.statements`);
    // BOUNDED-WORK: a comparison takes the longer the more there is to compare, and any token may ask for one.
    if (!use(principal, catalogue.management.administer)) {
      refuseProblems(`${field}.statements`, checkTokenLimits(statements));
    }
    return compilePermissions([{ name: field, statements }], { dialect });
  }
  if (compared.type === 'member' && compared.memberId === undefined) return ownPermissions(principal);
  const itself = principal.type === 'member' && compared.type === 'member';
  if (!itself || compared.memberId !== principal.member.memberId) demand(principal, catalogue.management.administer);
  if (compared.type === 'member') {
    const member = await deps.host.findMember(organizationId, compared.memberId ?? '');
    if (member === null) throw new LatchkeyError('NOT_FOUND');
    return memberLayer(deps, catalogue, member).permissions;
  }
  const ids = [...new Set(compared.policyIds)];
  const found = await deps.host.findPolicies(organizationId, ids);
  if (found.length < ids.length) throw new LatchkeyError('NOT_FOUND');
  const { policies, unreadable } = readHostPolicies(found, dialect);
  if (unreadable.length > 0) throw permissionsInvalid(field, unreadable);
  return compilePermissions(policies, { dialect });
};

/**
 * All layers of the caller together. A difference names the statement that makes it, which may be the owner's: a token
 * that doesn't inherit isn't shown those (NO-SELF-HELP), and asks `permissions.decide`.
 */
const ownPermissions = (principal: OrganizationPrincipal): PermissionSet => {
  const { layers } = principal;
  const [first, ...others] = layers.map(({ permissions }) => permissions);
  const isShown = principal.type === 'member' || principal.token.permissions.type === 'inherit' || others.length === 0;
  if (first === undefined || !isShown) throw new LatchkeyError('CREDENTIAL_KIND', { expected: 'member' });
  return intersect(first, ...others);
};
