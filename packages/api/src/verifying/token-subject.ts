import type { FrozenPermissions, HostMember, PermissionCatalogue, TokenPermissions } from '@latchkey/core';
import { createSharedValues } from '@latchkey/core/verifier';
import type { LookedUpToken } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { memberPolicies } from '../permissions/effective-layers.ts';
import { type LayerPolicies, ownPolicies } from '../permissions/own-layer.ts';
import type { HostFacts } from './host-facts.ts';
import { createSharedLayers, type SharedLayer } from './shared-layers.ts';
import type { TokenSubject } from './token-source.ts';

interface Made {
  readonly catalogue: PermissionCatalogue;
  readonly owner: HostMember | null;
  readonly layer: SharedLayer;
}

/** `null`: its owner is not there any more. `knownSince`: the oldest thing that it was made from. */
export interface FoundSubject {
  readonly subject: TokenSubject | null;
  readonly knownSince: number;
}

/**
 * What a token may do, with what the host says of its owner. The same layers that `layersOf` makes, from what is known
 * coherently, and shared by all who have equal ones.
 */
export const createSubjects = (deps: Pick<ApiDeps, 'logger' | 'crypto'> & { readonly facts: HostFacts }) => {
  const { facts, logger } = deps;
  const layerOf = createSharedLayers(deps.crypto);
  /** One list for all tokens that have these layers. */
  const lists = createSharedValues<readonly SharedLayer[]>();
  const listOf = (...layers: readonly SharedLayer[]): readonly SharedLayer[] =>
    lists.get(layers.map(({ layer, key }) => `${layer} ${key}`).join(' '), () => layers);
  const ownerLayers = new WeakMap<HostMember, SharedLayer>();
  /** Once for each revision of the owner: a fact that is known stays one object until something is heard of it. */
  const ownerLayer = (catalogue: PermissionCatalogue, owner: HostMember): SharedLayer => {
    const known = ownerLayers.get(owner);
    if (known?.dialect === catalogue.dialect) return known;
    const layer = layerOf('owner', memberPolicies(deps, catalogue, owner));
    ownerLayers.set(owner, layer);
    return layer;
  };

  /** Of permissions that are one object for many tokens, what was made last: equal ones are mostly of one owner's kind. */
  const ownLayers = new WeakMap<TokenPermissions, Made>();
  const frozenLayers = new WeakMap<TokenPermissions, SharedLayer>();
  const frozenLayer = (permissions: FrozenPermissions): SharedLayer => {
    const known = frozenLayers.get(permissions);
    if (known !== undefined) return known;
    const layer = layerOf('token', permissions);
    frozenLayers.set(permissions, layer);
    return layer;
  };
  const ownLayer = async (
    from: { readonly catalogue: PermissionCatalogue; readonly owner: HostMember | null },
    permissions: TokenPermissions,
    make: () => Promise<LayerPolicies>,
  ): Promise<SharedLayer> => {
    const known = ownLayers.get(permissions);
    if (known?.catalogue === from.catalogue && known.owner === from.owner) return known.layer;
    const layer = layerOf('token', await make());
    // Named policies are read live.
    if (permissions.type !== 'policies') ownLayers.set(permissions, { ...from, layer });
    return layer;
  };

  return async (token: LookedUpToken, since: number): Promise<FoundSubject> => {
    const { organizationId, kind, ownerId, permissions } = token;
    let knownSince = since;
    const take = <T>(fact: { readonly value: T; readonly since: number }): T => {
      knownSince = Math.min(knownSince, fact.since);
      return fact.value;
    };
    if (kind === 'service' && permissions.type === 'frozen') {
      // FROZEN-SERVICE: neither catalogue nor owner is asked.
      return { subject: { token, owner: null, layers: listOf(frozenLayer(permissions)) }, knownSince };
    }
    const owner = ownerId === null ? null : take(await facts.member(organizationId, ownerId));
    if (kind === 'personal' && owner?.status !== 'active') return { subject: null, knownSince };
    const catalogue = take(await facts.catalogue(organizationId));
    const nothing = { dialect: catalogue.dialect, policies: [], attributes: {} };
    const layers: SharedLayer[] = [];
    // A service row without frozen permissions is a row that somebody wrote by hand.
    if (kind === 'service') layers.push(layerOf('owner', nothing));
    else {
      const host = {
        findPolicies: async (of: string, policyIds: readonly string[]) => take(await facts.policies(of, policyIds)),
      };
      const own = await ownLayer({ catalogue, owner }, permissions, () =>
        ownPolicies({ host, logger }, { organizationId, catalogue, owner }, permissions),
      );
      layers.push(own, owner === null ? layerOf('owner', nothing) : ownerLayer(catalogue, owner));
    }
    return { subject: { token, owner, layers: listOf(...layers) }, knownSince };
  };
};
