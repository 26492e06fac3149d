import type { Crypto } from '../crypto.ts';
import type { FrozenPermissions, TokenPermissions } from '../token-permissions.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TokenKind } from './format.ts';

/** The format of what is digested. Another list of fields is another format. */
export const DIGEST_FORMAT = 1;

/** What a token's secrets are bound to, beside their text: a row that says otherwise finds none that matches. */
export interface DigestSubject {
  readonly tokenId: string;
  readonly kind: TokenKind;
  /** `null` for a credential of the installation. */
  readonly organizationId: string | null;
  /** The owner's member id; `null` unless personal. */
  readonly ownerId: string | null;
  /** `frozenPermissionsDigest` of a service token; `null` for the other kinds. */
  readonly frozenPermissionsDigest: Uint8Array | null;
}

export interface DigestInput extends DigestSubject {
  readonly format: typeof DIGEST_FORMAT;
  /** 1 for the secret of the issue, then one more with each rotation. */
  readonly secretNumber: number;
  readonly text: string;
}

/**
 * HMAC-SHA-256(pepper, length-prefixed fields): 32 bytes to store instead of the secret.
 * DUMP-MINTS-NOTHING: without the pepper none can be computed, and none is right for another token, kind,
 * organization, owner, secret's number or set of frozen permissions.
 */
export const digestToken = (crypto: Pick<Crypto, 'hmacSha256'>, pepper: Uint8Array, input: DigestInput): Uint8Array => {
  if (!Number.isSafeInteger(input.secretNumber) || input.secretNumber < 1) {
    throw new RangeError("a secret's number is a whole one from 1");
  }
  return crypto.hmacSha256(
    pepper,
    lengthPrefixed([
      String(input.format),
      input.tokenId,
      input.kind,
      input.organizationId,
      input.ownerId,
      String(input.secretNumber),
      input.frozenPermissionsDigest === null ? null : hex(input.frozenPermissionsDigest),
      input.text,
    ]),
  );
};

/**
 * HMAC-SHA-256(pepper, ["spent", digest]): replaces a digest when its secret is cut or its token revoked. It still
 * recognises the text, to record a late use, and nobody gets from it back to a digest that would authenticate.
 */
export const spentDigest = (crypto: Pick<Crypto, 'hmacSha256'>, pepper: Uint8Array, digest: Uint8Array): Uint8Array =>
  crypto.hmacSha256(pepper, lengthPrefixed(['spent', hex(digest)]));

/**
 * SHA-256 of what a service token may do, in canonical JSON: keys in order, whatever order a database gave them back
 * in. The order of policies and statements counts. What the permissions were made from is not in it: it decides nothing.
 */
export const frozenPermissionsDigest = (
  crypto: Pick<Crypto, 'sha256'>,
  permissions: Pick<FrozenPermissions, 'dialect' | 'policies' | 'attributes'>,
): Uint8Array => {
  const { dialect, policies, attributes } = permissions;
  return crypto.sha256(canonicalJson({ dialect, policies, attributes }));
};

/**
 * The subject of a stored token, for `digestToken` when it is issued or rotated and for `proveSecret` later. `digestOf`: for
 * whoever remembers `frozenPermissionsDigest` of permissions that many tokens have.
 */
export const digestSubjectOf = (
  crypto: Pick<Crypto, 'sha256'>,
  token: Pick<DigestSubject, 'tokenId' | 'kind' | 'organizationId' | 'ownerId'> & {
    readonly permissions: TokenPermissions;
  },
  digestOf: (permissions: FrozenPermissions) => Uint8Array = (permissions) =>
    frozenPermissionsDigest(crypto, permissions),
): DigestSubject => ({
  tokenId: token.tokenId,
  kind: token.kind,
  organizationId: token.organizationId,
  ownerId: token.ownerId,
  frozenPermissionsDigest: token.permissions.type === 'frozen' ? digestOf(token.permissions) : null,
});

/**
 * Fields as `<length>:<text>`, `-:` for null, the length in UTF-16 code units: two different lists never give the same
 * text. Ids come from the host: one with a lone surrogate would become U+FFFD in UTF-8, like any other such id.
 */
const lengthPrefixed = (fields: readonly (string | null)[]): string => {
  let text = '';
  for (const field of fields) {
    if (field?.isWellFormed() === false) throw new RangeError('a digested field is well-formed Unicode');
    text += field === null ? '-:' : `${field.length}:${field}`;
  }
  return text;
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hex = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
};
