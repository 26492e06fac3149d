/**
 * The cryptography that core asks for and never brings: Node, a browser and a test each give their own.
 *
 * Text is always taken as UTF-8. What is left out on purpose: key management (keys are plain bytes, kept by the
 * caller), asynchronous variants (WebCrypto costs 30 times as much for inputs of this size), encryption.
 */
export interface Crypto {
  /** SHA-256 (FIPS 180-4); 32 bytes. */
  sha256(data: string | Uint8Array): Uint8Array;
  /** HMAC-SHA-256 (RFC 2104); 32 bytes. */
  hmacSha256(key: Uint8Array, data: string | Uint8Array): Uint8Array;
  /** Equality whose time depends on the lengths only. Different lengths are unequal. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /** `count` bytes of a cryptographic generator. */
  randomBytes(count: number): Uint8Array;
}

/** A key with its id. Several may be known; the first of a list is the one that new work uses. */
export interface Key {
  /** 1 to 32 characters of `[A-Za-z0-9_-]`; stored beside what the key made, never the key itself. */
  readonly id: string;
  /** At least 32 bytes. */
  readonly bytes: Uint8Array;
}

/** At least one key; the first is current, the others are retired and only read. */
export type KeyRing = readonly [current: Key, ...retired: Key[]];
