import { encodeBase62 } from './base62.ts';
import { crc32 } from './crc32.ts';
import {
  CHECKSUM_LENGTH,
  INSTALLATION_ROUTING_KEY,
  kindOfWire,
  MAX_TEXT_LENGTH,
  type TokenKind,
  type WireKind,
} from './format.ts';
import { routingKeyOf } from './id.ts';

/** A well-formed text. Nothing about it is proved yet. It holds the secret: it goes into no log and no error. */
export interface ParsedToken {
  readonly prefix: string;
  readonly kind: TokenKind;
  readonly tokenId: string;
  /** The first 3 characters of the id. */
  readonly routingKey: string;
  /** Exactly what was presented. */
  readonly text: string;
}

/**
 * `not_text`, `too_long` (more than 128 characters), `shape`, `prefix` (another platform's), `routing_key` (an
 * installation's credential outside `000`, or another kind inside), `checksum` (a typing error).
 * For whoever typed it; a server answers the same bytes to all (PROOF-FIRST).
 */
export type MalformedBecause = 'not_text' | 'too_long' | 'shape' | 'prefix' | 'routing_key' | 'checksum';

export type ParsedTokenResult =
  | ({ readonly ok: true } & ParsedToken)
  | { readonly ok: false; readonly because: MalformedBecause };

// 49 characters: secret, tag and checksum. Without the flag `m`, `$` is the very end: no newline may follow.
const SHAPE = /^([a-z][a-z0-9]{1,9})_(pat|svc|sys)_([0-9A-Za-z]{16})_[0-9A-Za-z]{49}$/;

/**
 * Reads a presented text: its length, one anchored expression, the accepted prefixes, the checksum. Never throws.
 * ONE-TEXT: nothing is decoded, trimmed or normalised, so what is not minted character by character is malformed.
 */
export const parseToken = (
  text: unknown,
  options: { readonly prefixes: readonly [minted: string, ...accepted: string[]] },
): ParsedTokenResult => {
  if (typeof text !== 'string') return { ok: false, because: 'not_text' };
  if (text.length > MAX_TEXT_LENGTH) return { ok: false, because: 'too_long' };
  const [, prefix, wireKind, tokenId] = SHAPE.exec(text) ?? [];
  if (prefix === undefined || wireKind === undefined || tokenId === undefined) return { ok: false, because: 'shape' };
  if (!options.prefixes.includes(prefix)) return { ok: false, because: 'prefix' };
  const checksumStart = text.length - CHECKSUM_LENGTH;
  if (checksumOf(text.slice(0, checksumStart)) !== text.slice(checksumStart)) return { ok: false, because: 'checksum' };
  const kind = kindOfWire[wireKind as WireKind];
  const routingKey = routingKeyOf(tokenId);
  if ((kind === 'system') !== (routingKey === INSTALLATION_ROUTING_KEY)) return { ok: false, because: 'routing_key' };
  return { ok: true, prefix, kind, tokenId, routingKey, text };
};

/** CRC-32 of everything before it (prefix to tag), as 6 base62 characters. */
export const checksumOf = (unchecked: string): string => encodeBase62(crc32(unchecked), CHECKSUM_LENGTH);
