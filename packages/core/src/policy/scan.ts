import type { Dialect } from './policy.ts';

/** Literal text of a name or pattern, or a role attribute to be put in later. */
export type Piece = string | { readonly attribute: string };

export interface ScannedSegment {
  readonly path: readonly Piece[];
  readonly tags: readonly (readonly Piece[])[];
  readonly properties: readonly { readonly key: string; readonly value: readonly Piece[] }[];
}

export type Scanned =
  | { readonly ok: true; readonly segments: readonly ScannedSegment[] }
  | { readonly ok: false; readonly code: 'malformed_property' | 'malformed_attribute'; readonly message: string };

const ATTRIBUTE = '${roleAttribute/';

/**
 * Splits a resource name or pattern at its `:`, `;` and `,`. In the launchdarkly dialect braces after the `;` hold
 * properties, which may stand before or after the tags; a `:` inside them separates a key from its value. Nothing is
 * trimmed. Empty tags are kept here: what one means depends on where it stands.
 */
export const scan = (text: string, dialect: Dialect, what: 'name' | 'pattern'): Scanned => {
  const braces = dialect === 'launchdarkly';
  const attributes = braces && what === 'pattern';
  const segments: ScannedSegment[] = [];
  let at = 0;

  /** Reads pieces up to one of `stops`. `null`: an attribute that is never closed or has no key. */
  const read = (stops: string): Piece[] | null => {
    const pieces: Piece[] = [];
    let from = at;
    while (at < text.length && !stops.includes(text.charAt(at))) {
      if (attributes && text.startsWith(ATTRIBUTE, at)) {
        const close = text.indexOf('}', at);
        const key = close < 0 ? '' : text.slice(at + ATTRIBUTE.length, close);
        if (key === '') return null;
        if (at > from) pieces.push(text.slice(from, at));
        pieces.push({ attribute: key });
        at = close + 1;
        from = at;
      } else at += 1;
    }
    if (at > from) pieces.push(text.slice(from, at));
    return pieces;
  };

  for (;;) {
    const path = read(':;');
    if (path === null) return MALFORMED_ATTRIBUTE;
    const tags: Piece[][] = [];
    const properties: { key: string; value: Piece[] }[] = [];
    if (text.charAt(at) === ';') {
      at += 1;
      const empty = at >= text.length || text.charAt(at) === ':';
      // Whether a tag may begin here; after properties it needn't, so `{a:b}`, `{a:b},tag` and `tag,{a:b}` have no empty tag.
      let expected = !empty;
      while (at < text.length && text.charAt(at) !== ':') {
        const character = text.charAt(at);
        if (braces && character === '{') {
          if (!readProperties(properties)) return MALFORMED_PROPERTY;
          expected = false;
        } else if (character === ',' || (braces && character === ';')) {
          if (expected) tags.push([]);
          at += 1;
          // Where properties follow they say themselves that none is expected.
          expected = true;
        } else {
          const tag = read(braces ? ',;:{' : ',:');
          if (tag === null) return MALFORMED_ATTRIBUTE;
          tags.push(tag);
          expected = false;
        }
      }
      if (expected) tags.push([]);
    }
    segments.push({ path, tags, properties });
    if (at >= text.length) return { ok: true, segments };
    at += 1;
  }

  function readProperties(into: { key: string; value: Piece[] }[]): boolean {
    do {
      at += 1;
      const start = at;
      while (at < text.length && !':,}'.includes(text.charAt(at))) at += 1;
      const key = text.slice(start, at);
      if (key === '' || text.charAt(at) !== ':') return false;
      at += 1;
      const value = read(',}');
      if (value === null || at >= text.length) return false;
      into.push({ key, value });
    } while (text.charAt(at) === ',');
    at += 1;
    return true;
  }
};

const MALFORMED_PROPERTY: Scanned = {
  ok: false,
  code: 'malformed_property',
  message: 'Properties are written {key:value}, several as {key:value,key:value}.',
};

const MALFORMED_ATTRIBUTE: Scanned = {
  ok: false,
  code: 'malformed_attribute',
  message: 'A role attribute is written $' + '{roleAttribute/key}.',
};
