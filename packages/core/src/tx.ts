declare const txBrand: unique symbol;

/**
 * A running database transaction, opaque to everyone but the store that opened it. The store and an embedded host
 * share a transaction by handing this on and by nothing else; composition gives the host the key to open it.
 */
export interface Tx {
  readonly [txBrand]: never;
}
