import type { Instant } from '../clock.ts';
import type { Crypto } from '../crypto.ts';
import { canonicalJson } from '../token/canonical-json.ts';

/** What the chain covers of an audit event, whoever keeps it. */
export interface ChainedEvent {
  readonly eventId: string;
  readonly at: Instant;
  readonly actor: { readonly type: string; readonly id: string };
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Personal data: chained by its digest alone, so that it can be erased. */
  readonly reason: string | null;
  readonly address: string | null;
  readonly client: string | null;
  /** Random, and erased with the personal data: without it an address could be found out from its digest by trying. */
  readonly salt: string | null;
  /** The audit event that records the erasure. */
  readonly erasedBy: string | null;
}

export type ChainCrypto = Pick<Crypto, 'sha256' | 'hmacSha256'>;

/** HMAC-SHA-256(SHA-256(salt), reason, address and client) as hex; `null` once the salt has been erased. */
export const personalDigest = (
  crypto: ChainCrypto,
  { salt, reason, address, client }: Pick<ChainedEvent, 'salt' | 'reason' | 'address' | 'client'>,
): string | null =>
  salt === null ? null : hex(crypto.hmacSha256(crypto.sha256(salt), canonicalJson([reason, address, client])));

/** SHA-256 of everything else and of the digest of the personal data, as hex. */
export const eventDigest = (
  crypto: ChainCrypto,
  organizationId: string,
  event: Omit<ChainedEvent, 'reason' | 'address' | 'client' | 'salt' | 'erasedBy'>,
  personal: string,
): string => {
  const { eventId, at, actor, action, target, requestId } = event;
  const fields = [organizationId, eventId, at, actor.type, actor.id, action, target.type, target.id, requestId];
  return hex(crypto.sha256(canonicalJson(['audit-event-1', ...fields, detailsText(event.details), personal])));
};

/** Of an event that had vanished before it could be sealed: its place in the chain shows that there was one. */
export const missingEventDigest = (crypto: ChainCrypto, organizationId: string, eventId: string): string =>
  hex(crypto.sha256(canonicalJson(['audit-event-missing-1', organizationId, eventId])));

/** Details that canonical JSON has no words for are none of ours; one such row must not hold up the chain of all others. */
const detailsText = (details: unknown): string | null => {
  try {
    return canonicalJson(details);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
};

/** Lower-case hex: what digests are compared, exported and anchored as. */
export const hex = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
};
