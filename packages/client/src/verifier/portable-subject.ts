import type { FindingView, PortableLayer } from '@latchkey/contract';
import { compilePermissions, type PermissionLayer, type PermissionSet, type Policy } from '@latchkey/core/policy';
import { createSharedValues, type Finding, type Shared } from '@latchkey/core/verifier';
import type { VerifiedToken } from '../verify.ts';

/** What an accepted token brings with it: what it says of itself, and the permissions that all have to allow. */
export interface VerifiedSubject {
  readonly token: VerifiedToken;
  readonly layers: readonly PermissionLayer[];
}

type SharedLayer = PermissionLayer & Shared;

/** Turns a node's findings into ones to remember. */
export type ReadFinding = (view: Exclude<FindingView, { readonly outcome: 'unavailable' }>) => Finding<VerifiedSubject>;

/** Equal permissions are compiled once, however many tokens and owners have them. */
export const createFindingReader = (): ReadFinding => {
  const known = createSharedValues<SharedLayer>();
  const layerOf = (portable: PortableLayer): SharedLayer =>
    known.get(`${portable.layer} ${portable.key}`, () => sharedLayer(portable));
  return (view) => {
    if (view.outcome === 'unknown') return view;
    if (view.outcome === 'refused') return { ...view, about: { ...view.about, bytes: BASE_BYTES } };
    const { token, layers, about, ...rest } = view;
    const shared = layers.map(layerOf);
    return { ...rest, about: { ...about, bytes: BASE_BYTES, shared }, subject: { token, layers: shared } };
  };
};

const sharedLayer = ({ layer, dialect, policies, attributes }: PortableLayer): SharedLayer => {
  let compiled: PermissionSet | null = null;
  return {
    layer,
    get permissions() {
      // The cast: to zod a key that may be absent may be undefined too, which JSON has no way to write.
      compiled ??= compilePermissions(policies as readonly Policy[], { dialect, attributes });
      return compiled;
    },
    bytes: LAYER_BYTES + JSON.stringify(policies).length * BYTES_FOR_EACH_CHARACTER,
    holders: 0,
  };
};

/** What one token takes without its permissions. */
const BASE_BYTES = 1_000;
/** Policies and what is compiled of them, measured and rounded up. */
const LAYER_BYTES = 4_000;
const BYTES_FOR_EACH_CHARACTER = 24;
