import type { Instant } from '../clock.ts';
import type { Key } from '../crypto.ts';
import { canonicalJson } from '../token/canonical-json.ts';
import { type ChainCrypto, hex } from './event-digest.ts';
import { CHAIN_START, macOf } from './seal.ts';

/** A row of numbers that retention has dropped, of one organization's chain. */
export interface DroppedPart {
  readonly firstNumber: number;
  readonly lastNumber: number;
  /** Events that were there; fewer than numbers where some had vanished before. */
  readonly eventCount: number;
  /** Of the last seal: the one that comes after is made over it, so that the chain goes on where it was cut. */
  readonly lastLink: string;
  readonly lastSealedAt: Instant;
  readonly droppedAt: Instant;
}

/** What is left of such a part. Stubs are a chain themselves, and each is named by the sealed event that records the drop. */
export interface ChainStub extends DroppedPart {
  /** SHA-256 of the stub's other fields and of the stub's link before it. */
  readonly link: string;
  /** HMAC-SHA-256 of the link under the audit key of this id. */
  readonly mac: string;
  readonly keyId: string;
}

/** The audit event that records that retention has dropped older ones: `details.stub` is the link of the stub. */
export const DROP_ACTION = 'organization.audit_events_dropped';

/** Before the first stub. */
export const FIRST_STUB_AFTER = CHAIN_START.link;

/** The stub of a part. `linkBefore`: of the organization's stub before it. */
export const stubOf = (
  crypto: ChainCrypto,
  key: Key,
  organizationId: string,
  linkBefore: string,
  part: DroppedPart,
): ChainStub => {
  const link = stubLinkOf(crypto, organizationId, linkBefore, { ...part, keyId: key.id });
  return { ...part, link, mac: macOf(crypto, key, link), keyId: key.id };
};

export const stubLinkOf = (
  crypto: ChainCrypto,
  organizationId: string,
  linkBefore: string,
  part: DroppedPart & { readonly keyId: string },
): string => {
  const { firstNumber, lastNumber, eventCount, lastLink, lastSealedAt, droppedAt, keyId } = part;
  const fields = [organizationId, firstNumber, lastNumber, eventCount, lastLink, lastSealedAt, droppedAt, keyId];
  return hex(crypto.sha256(canonicalJson(['audit-stub-1', ...fields, linkBefore])));
};
