import type { CoverageView, Output, ParsedInput } from '@latchkey/contract';
import type { PermissionCatalogue, Policy } from '@latchkey/core';
import { type Coverage, type PermissionLayer, type Request, readHostPolicies } from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { frozenPermissions } from '../tokens/frozen-permissions.ts';
import { requireMember } from '../tokens/member-of.ts';
import { coverageByOwner, personalPermissions } from '../tokens/personal-permissions.ts';
import { toPolicyView } from '../tokens/token-view.ts';
import { decideAll, toRequests } from './decide-for.ts';
import { layersOf } from './effective-layers.ts';
import { mayReadPolicies, mayReadPolicy } from './may-read-policies.ts';
import { type OwnScope, ownPolicies } from './own-layer.ts';
import { coverage } from './require-covered.ts';

type PreviewInput = ParsedInput<'permissions', 'preview'>;

interface Previewed {
  readonly policies: readonly Policy[];
  readonly layers: readonly PermissionLayer[];
  readonly coverage: Coverage;
}

/**
 * What a token with these permissions would be able to do, and whether the caller could issue it. Stores nothing. Whoever
 * knows the id of a policy may name it; its text is shown to those who may read it, the others see what comes of it.
 */
export const previewPermissions = async (
  deps: ApiDeps,
  { principal }: Caller,
  input: PreviewInput,
): Promise<Output<'permissions', 'preview'>> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  const owner = requireMember(principal);
  const requests = input.requests && toRequests(input.requests);
  const scope = { organizationId, catalogue, owner };
  const previewed = await (input.kind === 'service' ? asService : asPersonal)(deps, principal, scope, input);
  const shown = previewed.policies.filter((policy) => isShown(principal, scope, input, policy));
  return {
    policies: shown.map(toPolicyView),
    hiddenPolicyCount: previewed.policies.length - shown.length,
    coverage: toCoverageView(previewed.coverage),
    decisions: decideAll(previewed.layers, requests ?? everyAction(catalogue)),
  };
};

/** Presets and statements hold what the caller has sent itself, or the catalogue. */
const isShown = (
  principal: OrganizationPrincipal,
  { catalogue, owner }: Scope,
  { permissions }: PreviewInput,
  { id }: Policy,
): boolean => {
  if (permissions.type === 'policies') return mayReadPolicy(principal, catalogue, id);
  const isOwners =
    permissions.type === 'inherit' || (permissions.type === 'ability' && permissions.ability === 'full_access');
  return !isOwners || mayReadPolicies(principal, catalogue, owner);
};

type Scope = OwnScope & { readonly owner: NonNullable<OwnScope['owner']> };

const asService = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  scope: Scope,
  input: PreviewInput,
): Promise<Previewed> => {
  const permissions = await frozenPermissions(deps, scope, input.permissions);
  const layers = await layersOf(deps, scope, { ...scope, kind: 'service', permissions }, null);
  return { policies: permissions.policies, layers, coverage: coverage(principal.layers, layers) };
};

const asPersonal = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  scope: Scope,
  input: PreviewInput,
): Promise<Previewed> => {
  const permissions = await personalPermissions(deps, scope, input.permissions);
  const layers = await layersOf(deps, scope, { ...scope, kind: 'personal', permissions }, scope.owner);
  const byOwner = await coverageByOwner(deps, scope, permissions);
  const tokens = principal.layers.filter(({ layer }) => layer === 'token');
  const found = byOwner.covered === false || tokens.length === 0 ? byOwner : coverage(tokens, layers);
  const { policies } =
    permissions.type === 'inherit'
      ? readHostPolicies(scope.owner.policies, scope.catalogue.dialect)
      : await ownPolicies(deps, scope, permissions);
  return { policies, layers, coverage: found };
};

/** Each action of the catalogue on all resources of its type. */
const everyAction = ({ resourceTypes }: PermissionCatalogue): readonly Request[] =>
  resourceTypes.flatMap(({ resource, actions }) => actions.map(({ name }) => ({ action: name, resource })));

const toCoverageView = (found: Coverage): CoverageView =>
  found.covered === false
    ? { covered: false, counterexample: { ...found.counterexample } }
    : found.covered === true
      ? { covered: true }
      : { covered: 'undecided', reason: found.reason };
