import type { Crypto, RoleAttributes } from '@latchkey/core';
import { compilePermissions, type Layer, type PermissionLayer } from '@latchkey/core/policy';
import { createSharedValues, type Shared } from '@latchkey/core/verifier';
import type { LayerPolicies } from '../permissions/own-layer.ts';

/** One layer of permissions, made once for all tokens that have it, and compiled when somebody first decides by it. */
export interface SharedLayer extends PermissionLayer, Shared, LayerPolicies {
  readonly layer: Layer;
  /** A digest of dialect, policies and attributes. */
  readonly key: string;
}

/** Equal policies are one layer, however many tokens and owners have them. */
export type LayerOf = (layer: Layer, policies: LayerPolicies) => SharedLayer;

export const createSharedLayers = (crypto: Pick<Crypto, 'sha256'>): LayerOf => {
  const layers = createSharedValues<SharedLayer>();
  return (layer, { dialect, policies, attributes: given }) => {
    const text = JSON.stringify(policies);
    // Most policies have no place for attributes: with each owner's own beside them no two would be equal.
    const attributes = text.includes('${') ? given : NO_ATTRIBUTES;
    const content = JSON.stringify([dialect, attributes, text]);
    const key = toBase64(crypto.sha256(content));
    return layers.get(`${layer} ${key}`, () =>
      sharedLayer(layer, key, { dialect, policies, attributes }, content.length),
    );
  };
};

const sharedLayer = (layer: Layer, key: string, own: LayerPolicies, length: number): SharedLayer => {
  const { dialect, policies, attributes } = own;
  return new CompiledWhenUsed(layer, key, { dialect, policies, attributes }, length);
};

/** A class, for its getter: written into objects one by one, it would make each of them a kind of its own to the compiler. */
class CompiledWhenUsed implements SharedLayer {
  readonly layer: Layer;
  readonly key: string;
  readonly dialect: LayerPolicies['dialect'];
  readonly policies: LayerPolicies['policies'];
  readonly attributes: RoleAttributes;
  readonly bytes: number;
  holders = 0;
  #compiled: PermissionLayer['permissions'] | null = null;

  constructor(layer: Layer, key: string, { dialect, policies, attributes }: LayerPolicies, length: number) {
    this.layer = layer;
    this.key = key;
    this.dialect = dialect;
    this.policies = policies;
    this.attributes = attributes;
    this.bytes = BASE_BYTES + length * BYTES_FOR_EACH_CHARACTER;
  }

  get permissions(): PermissionLayer['permissions'] {
    this.#compiled ??= compilePermissions(this.policies, { dialect: this.dialect, attributes: this.attributes });
    return this.#compiled;
  }
}

const NO_ATTRIBUTES: RoleAttributes = Object.freeze({});

/** Measured on compiled policies of the demo and on ones of a thousand statements, and rounded up. */
const BASE_BYTES = 4_000;
const BYTES_FOR_EACH_CHARACTER = 24;

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
