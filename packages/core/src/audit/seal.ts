import type { Instant } from '../clock.ts';
import type { Key } from '../crypto.ts';
import { canonicalJson } from '../token/canonical-json.ts';
import {
  type ChainCrypto,
  type ChainedEvent,
  eventDigest,
  hex,
  missingEventDigest,
  personalDigest,
} from './event-digest.ts';

/** One place in an organization's chain. Digests are lower-case hex of 32 bytes. */
export interface Seal {
  /** From 1, without gaps. */
  readonly number: number;
  readonly eventId: string;
  /** When the event happened; with its id the key of its row. */
  readonly at: Instant;
  readonly sealedAt: Instant;
  readonly personalDigest: string;
  readonly eventDigest: string;
  /** SHA-256 of this seal's other fields and of the link before it: whoever holds one link can check all before it, without a key. */
  readonly link: string;
  /** HMAC-SHA-256 of the link under the key of this id: whoever can write rows, and has no key, makes none. */
  readonly mac: string;
  readonly keyId: string;
}

/** Where a chain has arrived. */
export interface ChainHead {
  readonly number: number;
  readonly link: string;
}

/** Before the first seal. */
export const CHAIN_START: ChainHead = { number: 0, link: '0'.repeat(64) };

/** The next seal of a chain. `event` is `null` where its row had vanished before. */
export const sealEvent = (
  crypto: ChainCrypto,
  key: Key,
  before: ChainHead,
  subject: {
    readonly organizationId: string;
    readonly eventId: string;
    readonly at: Instant;
    readonly sealedAt: Instant;
  },
  event: ChainedEvent | null,
): Seal => {
  const { organizationId, eventId, at, sealedAt } = subject;
  const personal = (event === null ? null : personalDigest(crypto, event)) ?? NOTHING_PERSONAL;
  const digest =
    event === null
      ? missingEventDigest(crypto, organizationId, eventId)
      : eventDigest(crypto, organizationId, event, personal);
  const unlinked = { number: before.number + 1, eventId, at, sealedAt, personalDigest: personal, eventDigest: digest };
  const link = linkOf(crypto, organizationId, before.link, { ...unlinked, keyId: key.id });
  return { ...unlinked, link, mac: macOf(crypto, key, link), keyId: key.id };
};

export const linkOf = (
  crypto: ChainCrypto,
  organizationId: string,
  linkBefore: string,
  { number, eventId, at, sealedAt, personalDigest: personal, eventDigest: digest, keyId }: Omit<Seal, 'link' | 'mac'>,
): string =>
  hex(
    crypto.sha256(
      canonicalJson([
        'audit-link-1',
        organizationId,
        number,
        eventId,
        at,
        sealedAt,
        personal,
        digest,
        keyId,
        linkBefore,
      ]),
    ),
  );

export const macOf = (crypto: ChainCrypto, key: Key, link: string): string =>
  hex(crypto.hmacSha256(key.bytes, `audit-mac-1:${link}`));

/** Where there was nothing to digest: the event was gone, or erased before it was sealed. */
const NOTHING_PERSONAL = '0'.repeat(64);
