import type { Crypto, KeyRing } from '../crypto.ts';
import { spentDigest } from './digest.ts';
import type { SecretSlot } from './prove.ts';

/**
 * What to store instead of the digests of secrets that are cut or revoked. Those spent already are left out: an image
 * of an image would recognise nothing any more (ONE-EFFECT). Under a pepper that is no longer known the text can't be
 * recognised in any case; its image is made with the current one, and is as dead.
 */
export const spendSecrets = (
  crypto: Pick<Crypto, 'hmacSha256'>,
  peppers: KeyRing,
  secrets: readonly SecretSlot[],
): readonly { readonly number: number; readonly digest: Uint8Array }[] =>
  secrets
    .filter((secret) => !secret.spent)
    .map((secret) => {
      const pepper = peppers.find((key) => key.id === secret.pepperId) ?? peppers[0];
      return { number: secret.number, digest: spentDigest(crypto, pepper.bytes, secret.digest) };
    });
