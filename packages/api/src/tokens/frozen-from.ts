import type { FrozenPermissions, FrozenSource, HostMember, Policy, TokenPermissions } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { checkTokenLimits, readHostPolicies, serviceDenies, withDenies } from '@latchkey/core/policy';
import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { layersOf, memberLayer } from '../permissions/effective-layers.ts';
import { ownPolicies } from '../permissions/own-layer.ts';
import { requireCovered } from '../permissions/require-covered.ts';
import { frozenPermissions } from './frozen-permissions.ts';
import { permissionsInvalid, refuseProblems } from './permission-problem.ts';

/**
 * What a personal token may do now, as a service token's frozen permissions: its own, less what its owner is denied and
 * what service tokens may not have. Never more than the personal token: where its owner has lost some of what it was
 * given, that has to be said with other permissions (`PERMISSIONS_NOT_COVERED`).
 */
export const frozenFrom = async (
  deps: ApiDeps,
  { tx, organizationId, catalogue }: Acting,
  { ownerId, permissions }: TokenRecord,
): Promise<FrozenPermissions> => {
  const owner = ownerId === null ? null : await deps.host.findMember(organizationId, ownerId, tx);
  if (owner?.status !== 'active') throw new LatchkeyError('MEMBER_REMOVED');
  const scope = { organizationId, catalogue, owner, tx };
  if (permissions.type === 'inherit') {
    return frozenPermissions(deps, scope, { type: 'ability', ability: 'full_access' });
  }
  const own = await ownPolicies(deps, scope, permissions);
  const denied = deniesOf(owner, own.dialect);
  const policies = withDenies(own.policies, [...denied, ...serviceDenies(catalogue)]).map(({ name, statements }) => ({
    name,
    statements,
  }));
  const written = [...own.policies.flatMap(({ statements }) => statements), ...denied];
  if (written.length === 0) {
    const message = 'This token may do nothing any more; say what the service token shall be able to do.';
    throw permissionsInvalid('permissions', [{ path: '', code: 'empty_list', message }]);
  }
  refuseProblems('permissions', checkTokenLimits(written));
  const { dialect, attributes } = own;
  const frozen = {
    type: 'frozen',
    dialect,
    source: sourceOf(permissions, own.policies),
    policies,
    attributes,
  } as const;
  const layers = await layersOf(deps, scope, { organizationId, kind: 'service', permissions: frozen }, null);
  requireCovered([memberLayer(deps, catalogue, owner)], layers);
  return frozen;
};

/** In every policy of the token: where each is judged alone that is narrower than the owner is, and never wider. */
const deniesOf = ({ policies }: HostMember, dialect: FrozenPermissions['dialect']) =>
  readHostPolicies(policies, dialect).policies.flatMap(({ statements }) =>
    statements.filter(({ effect }) => effect === 'deny'),
  );

const sourceOf = (permissions: TokenPermissions, policies: readonly Policy[]): FrozenSource => {
  if (permissions.type === 'ability') {
    return { type: 'ability', ability: permissions.ability, project: permissions.project };
  }
  if (permissions.type !== 'policies') return { type: 'statements' };
  return { type: 'policies', policies: policies.map(({ id, name }) => ({ id: id ?? '', name })) };
};
