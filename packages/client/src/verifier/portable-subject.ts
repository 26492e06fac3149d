import type { FindingView, PortableLayer } from '@latchkey/contract';
import { compilePermissions, type PermissionLayer, type PermissionSet, type Policy } from '@latchkey/core/policy';
import { createSharedValues, type Finding, type Shared } from '@latchkey/core/verifier';
import type { VerifiedToken } from '../verify.ts';

type SharedLayer = PermissionLayer & Shared;

/** Turns a node's findings into ones to remember. */
export type ReadFinding = (view: Exclude<FindingView, { readonly outcome: 'unavailable' }>) => Finding<VerifiedToken>;

/** Equal permissions are compiled once, however many tokens and owners have them. */
export const createFindingReader = (): ReadFinding => {
  const known = createSharedValues<SharedLayer>();
  const layerOf = (portable: PortableLayer): SharedLayer =>
    known.get(`${portable.layer} ${portable.key}`, () => new CompiledWhenUsed(portable));
  /** One list for all tokens that have these layers. */
  const lists = createSharedValues<readonly SharedLayer[]>();
  const listOf = (layers: readonly PortableLayer[]): readonly SharedLayer[] =>
    lists.get(layers.map(({ layer, key }) => `${layer} ${key}`).join(' '), () => layers.map(layerOf));
  return (view) => {
    if (view.outcome === 'unknown') return view;
    if (view.outcome === 'refused') return { ...view, about: { ...view.about, bytes: BASE_BYTES } };
    const { token, layers, about, ...rest } = view;
    const shared = listOf(layers);
    return { ...rest, about: { ...about, bytes: BASE_BYTES, shared }, subject: token, layers: shared };
  };
};

/** A class, for its getter: written into objects one by one, it would make each of them a kind of its own to the compiler. */
class CompiledWhenUsed implements SharedLayer {
  readonly layer: PortableLayer['layer'];
  readonly bytes: number;
  holders = 0;
  readonly #portable: PortableLayer;
  #compiled: PermissionSet | null = null;

  constructor(portable: PortableLayer) {
    this.layer = portable.layer;
    this.bytes = LAYER_BYTES + JSON.stringify(portable.policies).length * BYTES_FOR_EACH_CHARACTER;
    this.#portable = portable;
  }

  get permissions(): PermissionSet {
    const { policies, dialect, attributes } = this.#portable;
    // The cast: to zod a key that may be absent may be undefined too, which JSON has no way to write.
    this.#compiled ??= compilePermissions(policies as readonly Policy[], { dialect, attributes });
    return this.#compiled;
  }
}

/** What one token takes without its permissions. */
const BASE_BYTES = 1_000;
/** Policies and what is compiled of them, measured and rounded up. */
const LAYER_BYTES = 4_000;
const BYTES_FOR_EACH_CHARACTER = 24;
