import { isControl } from './control-character.ts';
import { LIMITS } from './limits.ts';
import { isRecord } from './record.ts';

declare const resourceNameBrand: unique symbol;

/**
 * The name of a resource, segment by segment, parent first. Plain JSON: a segment whose tags or properties are unknown
 * has no such key, so the name can be sent and read again by `parseResource`.
 */
export interface ResourceName {
  readonly [resourceNameBrand]: never;
  readonly segments: readonly ResourceSegment[];
}

export interface ResourceSegment {
  readonly type: string;
  /** Absent for a segment without a slash, such as `acct`. */
  readonly key?: string;
  /** Absent: unknown. Empty: it has none. */
  readonly tags?: readonly string[];
  /** Absent: unknown. Empty: it has none. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface SegmentDetails {
  readonly tags?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** `['acct']`, `['project', key]` or `['flag', key, { tags, properties }]`. */
export type Segment =
  | readonly [type: string]
  | readonly [type: string, key: string]
  | readonly [type: string, key: string, details: SegmentDetails];

/** A part of a resource name holds what would change the name's meaning. The middleware answers 400. */
export class InvalidResourceName extends Error {
  override readonly name = 'InvalidResourceName';
}

/**
 * Builds a resource name from parts that may come from a caller: a path parameter can't bring its own segments or tags.
 * Throws {@link InvalidResourceName} where a type, key, tag, property or value holds one of `: ; , { } *` or a control
 * character, is ill-formed UTF-16, or is empty (a property's value may be).
 */
export const resource = (...segments: readonly Segment[]): ResourceName => {
  if (segments.length === 0) throw new InvalidResourceName('A resource name has at least one segment.');
  return Object.freeze({ segments: Object.freeze(segments.map(readSegment)) }) as unknown as ResourceName;
};

/**
 * Reads a resource as a client sends it: text as it stands, or `{ segments: [{ type, key, tags?, properties? }] }` with
 * the checks of `resource`. Throws {@link InvalidResourceName}.
 */
export const parseResource = (input: unknown): string | ResourceName => {
  if (typeof input === 'string') return input;
  const segments = isRecord(input) && Object.hasOwn(input, 'segments') ? input['segments'] : undefined;
  if (!Array.isArray(segments) || segments.length > LIMITS.requestCharacters) {
    throw new InvalidResourceName('A resource is text or has a list of segments.');
  }
  return resource(
    ...segments.map((segment: unknown): Segment => {
      if (!isRecord(segment)) throw new InvalidResourceName('A segment is an object.');
      const own = (key: string) => (Object.hasOwn(segment, key) ? segment[key] : undefined);
      const key = own('key');
      const details = { tags: own('tags'), properties: own('properties') };
      // Read again below, value by value: these casts only pass the unknown on to the checks.
      return (key === undefined ? [own('type')] : [own('type'), key, details]) as unknown as Segment;
    }),
  );
};

const readSegment = (segment: Segment): ResourceSegment => {
  const [type, key, details] = segment;
  const tags = details?.tags;
  const properties = details?.properties;
  checkPart('type', type);
  // A slash in the type would let two different pairs of type and key make one name.
  if (type.includes('/')) throw new InvalidResourceName('A resource type holds no slash.');
  if (segment.length > 1) checkPart('key', key);
  if (tags !== undefined && !Array.isArray(tags)) throw new InvalidResourceName('Tags are a list.');
  if (properties !== undefined && !isRecord(properties)) throw new InvalidResourceName('Properties are an object.');
  for (const tag of tags ?? []) checkPart('tag', tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    checkPart('property', name);
    if (value !== '') checkPart('property value', value);
  }
  return Object.freeze({
    type,
    ...(key === undefined ? {} : { key }),
    ...(tags === undefined ? {} : { tags: Object.freeze([...tags]) }),
    ...(properties === undefined ? {} : { properties: Object.freeze({ ...properties }) }),
  });
};

const SPECIAL = ':;,{}*';

/** Says which part is wrong and never repeats it: it may come from anywhere and end in a log. */
const checkPart = (what: string, part: unknown): void => {
  if (typeof part !== 'string') throw new InvalidResourceName(`A ${what} of a resource name is text.`);
  if (part === '') throw new InvalidResourceName(`A ${what} of a resource name is empty.`);
  if (!part.isWellFormed()) throw new InvalidResourceName(`A ${what} of a resource name is ill-formed text.`);
  for (let i = 0; i < part.length; i += 1) {
    if (SPECIAL.includes(part.charAt(i)) || isControl(part.charCodeAt(i))) {
      throw new InvalidResourceName(`A ${what} of a resource name holds one of : ; , { } * or a control character.`);
    }
  }
};
