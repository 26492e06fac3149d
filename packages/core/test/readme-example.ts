import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Crypto, KeyRing } from '@latchkey/core';
import { httpClassOf, verdictOf } from '@latchkey/core/lifecycle';
import {
  checkTag,
  DIGEST_FORMAT,
  digestSubjectOf,
  digestToken,
  mintToken,
  parseToken,
  proveSecret,
  redactTokens,
} from '@latchkey/core/token';

// Core has no cryptography of its own: it is given some.
const crypto: Crypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  randomBytes: (count) => randomBytes(count),
};
const tagKeys: KeyRing = [{ id: 'tag-1', bytes: randomBytes(32) }];
const peppers: KeyRing = [{ id: 'pepper-1', bytes: randomBytes(32) }];

// Mint a personal token; `text` is shown to its owner once, `digest` is what is stored.
const { text, tokenId } = mintToken(crypto, { prefix: 'lk', kind: 'personal', routingKey: '3fK', tagKeys });
const subject = digestSubjectOf(crypto, {
  tokenId,
  kind: 'personal',
  organizationId: 'shop',
  ownerId: 'ada',
  permissions: { type: 'inherit', manageTokens: false },
});
const digest = digestToken(crypto, peppers[0].bytes, { ...subject, format: DIGEST_FORMAT, secretNumber: 1, text });
const slots = [{ number: 1, digest, pepperId: 'pepper-1', spent: false }];
const marks = { installation: 0, organization: 0, owner: 0 };

// What becomes of a presented text, its owner being a member or not.
const statusOf = (presented: string, ownerGateClosed: boolean): number => {
  const parsed = parseToken(presented, { prefixes: ['lk'] });
  if (!parsed.ok || !checkTag(crypto, tagKeys, parsed).ok) return httpClassOf('malformed');
  const proof = proveSecret(crypto, peppers, parsed, parsed.tokenId === tokenId ? { ...subject, slots } : null);
  const token = { kind: 'personal', state: 'active', expiresAt: null, addressRanges: [], marks } as const;
  const secrets = [{ number: 1, acceptedUntil: null, spent: false }];
  const verdict = verdictOf({ found: { token, secrets, marks, ownerGateClosed }, proof, now: Date.now() });
  return verdict.accepted ? 200 : httpClassOf(verdict.reason);
};

console.log(statusOf(text, false)); // 200
console.log(statusOf(text, true)); // 403: the owner has been removed
console.log(statusOf(`${text} `, false)); // 401: exactly one text authenticates
console.log(redactTokens(text) === `lk_pat_${tokenId}_[redacted]`); // true
