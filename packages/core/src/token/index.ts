export {
  DIGEST_FORMAT,
  type DigestInput,
  type DigestSubject,
  digestSubjectOf,
  digestToken,
  frozenPermissionsDigest,
  spentDigest,
} from './digest.ts';
export { type CredentialBearer, type FoundCredential, findCredential } from './find-credential.ts';
export { INSTALLATION_ROUTING_KEY, isTokenPrefix, type TokenKind } from './format.ts';
export { mintRoutingKey, newTokenId, parseRoutingKey, parseTokenId, routingKeyOf, tokenIdOf } from './id.ts';
export { type MintedToken, type MintInput, mintToken } from './mint.ts';
export { type MalformedBecause, type ParsedToken, type ParsedTokenResult, parseToken } from './parse.ts';
export { type Proof, type ProofCandidate, proveSecret, type Redigest, type SecretSlot } from './prove.ts';
export { containsToken, redactTokens } from './redact.ts';
export { spendSecrets } from './spend.ts';
export { checkTag, type TagCheck } from './tag.ts';
