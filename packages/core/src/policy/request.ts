import { LIMITS } from './limits.ts';
import type { Dialect } from './policy.ts';
import type { ResourceName } from './resource.ts';
import { type Piece, scan } from './scan.ts';

/** What is put to `decide`. In the text form of a resource tags and properties are known. */
export interface Request {
  readonly action: string;
  readonly resource: string | ResourceName;
}

/** A segment as it is matched. `null` tags or properties are unknown. */
export interface NameSegment {
  readonly path: string;
  readonly tags: readonly string[] | null;
  readonly properties: ReadonlyMap<string, string> | null;
}

export type Name = readonly NameSegment[];

const NO_TAGS: readonly string[] = Object.freeze([]);
const NO_PROPERTIES: ReadonlyMap<string, string> = new Map();

/**
 * The segments of a request's resource, or `null` where the request is denied whatever the permissions are: an empty
 * action or resource, more than 512 characters or 16 segments, braces that don't close.
 */
export const readName = (request: Request, dialect: Dialect): Name | null => {
  const { action, resource } = request;
  // Types are no proof at run time: what isn't text or a name is refused, not thrown about (FAIL-CLOSED).
  if (typeof action !== 'string' || action === '' || action.length > LIMITS.requestCharacters) return null;
  const name = typeof resource === 'string' ? nameOfText(resource, dialect) : nameOfParts(resource);
  return name === null || name.length > LIMITS.segments ? null : name;
};

const nameOfText = (text: string, dialect: Dialect): Name | null => {
  if (text === '' || text.length > LIMITS.requestCharacters) return null;
  if (!text.includes(';')) return text.split(':').map(plainSegment);
  const scanned = scan(text, dialect, 'name');
  if (!scanned.ok) return null;
  const name: NameSegment[] = [];
  for (const segment of scanned.segments) {
    const properties = new Map<string, string>();
    for (const { key, value } of segment.properties) {
      const text = textOf(value);
      // One resource has one value of a property: a name that says two names nothing.
      if ((properties.get(key) ?? text) !== text) return null;
      properties.set(key, text);
    }
    name.push({ path: textOf(segment.path), tags: segment.tags.map(textOf).filter((tag) => tag !== ''), properties });
  }
  return name;
};

const plainSegment = (path: string): NameSegment => ({ path, tags: NO_TAGS, properties: NO_PROPERTIES });

const nameOfParts = (resource: ResourceName): Name | null => {
  const segments = resource?.segments;
  if (!Array.isArray(segments) || segments.length === 0) return null;
  let length = segments.length - 1;
  const name = (segments as ResourceName['segments']).map(({ type, key, tags, properties }): NameSegment => {
    const path = key === undefined ? type : `${type}/${key}`;
    length += path.length;
    if (tags !== undefined) for (const tag of tags) length += tag.length + 1;
    const entries = properties === undefined ? null : Object.entries(properties);
    if (entries !== null) for (const [property, value] of entries) length += property.length + value.length + 4;
    return { path, tags: tags ?? null, properties: entries === null ? null : new Map(entries) };
  });
  return length > LIMITS.requestCharacters ? null : name;
};

const textOf = (pieces: readonly Piece[]): string => (pieces[0] as string | undefined) ?? '';
