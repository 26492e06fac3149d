import type { Crypto, KeyRing } from '../crypto.ts';
import { DIGEST_FORMAT, type DigestSubject, digestToken, spentDigest } from './digest.ts';
import type { ParsedToken } from './parse.ts';

/** One stored secret of a token. */
export interface SecretSlot {
  readonly number: number;
  /** 32 bytes: `digestToken`, or `spentDigest` of that once the secret was cut or the token revoked. */
  readonly digest: Uint8Array;
  readonly pepperId: string;
  readonly spent: boolean;
}

/** What a look-up by id found: what its secrets are bound to, and the secrets. */
export interface ProofCandidate extends DigestSubject {
  /** In any order. Of more than two the live ones count, then the newest spent ones. */
  readonly slots: readonly SecretSlot[];
}

/** A digest under the current pepper, to be stored by compare-and-swap on the old one. */
export interface Redigest {
  readonly secretNumber: number;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly pepperId: string;
}

/**
 * `live`: the secret is proved; whether it is accepted is the verdict's. `spent`: the text was right once and is
 * recognised, to record a late use; it never authenticates. `none`: anything else, an unknown id included;
 * `unknownPepperIds` then says which secrets could not be tried, for the operator only.
 */
export type Proof =
  | { readonly outcome: 'live'; readonly secretNumber: number; readonly redigest: Redigest | null }
  | { readonly outcome: 'spent'; readonly secretNumber: number }
  | { readonly outcome: 'none'; readonly unknownPepperIds: readonly string[] };

const SLOT_COUNT = 2;
const NOTHING = new Uint8Array(32);
// As long as a real one, so that as many blocks are digested.
const NOBODY: DigestSubject = {
  tokenId: '0000000000000000',
  kind: 'personal',
  organizationId: '00000000-0000-0000-0000-000000000000',
  ownerId: '00000000-0000-0000-0000-000000000000',
  frozenPermissionsDigest: null,
};

/**
 * Which stored secret the presented text is, if any. `candidate` is `null` for an unknown id.
 *
 * PROOF-FIRST: always two slots, and in each a digest, its spent image and two comparisons in constant time, whatever
 * was found. Dummies stand in for what is missing, under the current pepper, and never match.
 */
export const proveSecret = (
  crypto: Pick<Crypto, 'hmacSha256' | 'equal'>,
  peppers: KeyRing,
  parsed: Pick<ParsedToken, 'text'>,
  candidate: ProofCandidate | null,
): Proof => {
  const subject = candidate ?? NOBODY;
  const slots = candidate === null ? [] : chooseSlots(candidate.slots);
  const unknownPepperIds: string[] = [];
  let live: SecretSlot | null = null;
  let spent: SecretSlot | null = null;
  for (let index = 0; index < SLOT_COUNT; index += 1) {
    const slot = slots[index];
    const pepper = peppers.find((key) => key.id === slot?.pepperId);
    if (slot !== undefined && pepper === undefined) unknownPepperIds.push(slot.pepperId);
    const bytes = (pepper ?? peppers[0]).bytes;
    const digest = digestOf(crypto, bytes, subject, slot?.number ?? 1, parsed.text);
    const image = spentDigest(crypto, bytes, digest);
    const stored = slot?.digest ?? NOTHING;
    const isDigest = crypto.equal(digest, stored);
    const isImage = crypto.equal(image, stored);
    if (slot === undefined || pepper === undefined) continue;
    // A live digest in a row that says spent is a row that somebody wrote by hand: recognised, not accepted.
    if (isDigest && !slot.spent) live = slot;
    else if (isDigest || isImage) spent = slot;
  }
  if (live !== null) {
    const redigest = redigestOf(crypto, peppers, subject, live, parsed.text);
    return { outcome: 'live', secretNumber: live.number, redigest };
  }
  return spent === null ? { outcome: 'none', unknownPepperIds } : { outcome: 'spent', secretNumber: spent.number };
};

const chooseSlots = (slots: readonly SecretSlot[]): readonly SecretSlot[] =>
  slots.length <= SLOT_COUNT
    ? slots
    : slots.toSorted((a, b) => Number(a.spent) - Number(b.spent) || b.number - a.number).slice(0, SLOT_COUNT);

const digestOf = (
  crypto: Pick<Crypto, 'hmacSha256'>,
  pepper: Uint8Array,
  subject: DigestSubject,
  secretNumber: number,
  text: string,
): Uint8Array => digestToken(crypto, pepper, { ...subject, format: DIGEST_FORMAT, secretNumber, text });

const redigestOf = (
  crypto: Pick<Crypto, 'hmacSha256'>,
  peppers: KeyRing,
  subject: DigestSubject,
  slot: SecretSlot,
  text: string,
): Redigest | null => {
  const [current] = peppers;
  if (slot.pepperId === current.id) return null;
  const to = digestOf(crypto, current.bytes, subject, slot.number, text);
  return { secretNumber: slot.number, from: slot.digest, to, pepperId: current.id };
};
