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
 * PROOF-FIRST: every refusal costs the same, whatever was found: two slots, and for each a digest, its spent image and
 * two comparisons in constant time. Dummies stand in for what is missing, under the current pepper, and never match.
 * Only who proves a live secret is answered sooner.
 */
export const proveSecret = (
  crypto: Pick<Crypto, 'hmacSha256' | 'equal'>,
  peppers: KeyRing,
  parsed: Pick<ParsedToken, 'text'>,
  candidate: ProofCandidate | null,
): Proof => {
  const subject = candidate ?? NOBODY;
  const chosen = candidate === null ? [] : chooseSlots(candidate.slots);
  const trials = [0, 1].map((index): Trial => tryDigest(crypto, peppers, subject, chosen[index], parsed.text));
  // A live digest in a row that says spent is a row that somebody wrote by hand: recognised below, not accepted.
  const live = trials.find((trial) => trial.isDigest && trial.slot?.spent === false)?.slot;
  if (live !== undefined) {
    const redigest = redigestOf(crypto, peppers, subject, live, parsed.text);
    return { outcome: 'live', secretNumber: live.number, redigest };
  }
  let spent: SecretSlot | undefined;
  for (const { slot, known, pepper, digest, isDigest } of trials) {
    const isImage = crypto.equal(spentDigest(crypto, pepper, digest), slot?.digest ?? NOTHING);
    if (known && (isDigest || isImage)) spent = slot;
  }
  if (spent !== undefined) return { outcome: 'spent', secretNumber: spent.number };
  const unknownPepperIds = trials.flatMap(({ slot, known }) => (slot !== undefined && !known ? [slot.pepperId] : []));
  return { outcome: 'none', unknownPepperIds };
};

interface Trial {
  readonly slot: SecretSlot | undefined;
  /** The slot is there, and so is its pepper. */
  readonly known: boolean;
  readonly pepper: Uint8Array;
  /** What the slot would hold if the presented text were its secret. */
  readonly digest: Uint8Array;
  readonly isDigest: boolean;
}

const tryDigest = (
  crypto: Pick<Crypto, 'hmacSha256' | 'equal'>,
  peppers: KeyRing,
  subject: DigestSubject,
  slot: SecretSlot | undefined,
  text: string,
): Trial => {
  const own = peppers.find((key) => key.id === slot?.pepperId);
  const pepper = (own ?? peppers[0]).bytes;
  const digest = digestOf(crypto, pepper, subject, slot?.number ?? 1, text);
  const known = own !== undefined;
  const isDigest = crypto.equal(digest, slot?.digest ?? NOTHING) && known;
  return { slot, known, pepper, digest, isDigest };
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
