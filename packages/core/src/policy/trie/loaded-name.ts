import { LIMITS } from '../limits.ts';
import type { Dialect } from '../policy.ts';
import { type Name, type NameSegment, type Request, readName } from '../request.ts';
import { hashOfNext, powersUpTo } from './text-hash.ts';

const COLON = 0x3a;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;
const BRACE = 0x7b;

const CHARACTERS = LIMITS.requestCharacters;
const POWERS = powersUpTo(CHARACTERS);

/**
 * The name of the request that is being decided: where its segments begin and end, and a hash of each beginning of its
 * text. One for all, overwritten by each decision: reading a name from text allocates nothing.
 */
class LoadedName {
  text = '';
  count = 0;
  readonly starts = new Int32Array(LIMITS.segments);
  readonly ends = new Int32Array(LIMITS.segments);
  /** Tags and properties where the text alone doesn't say them; else there are no properties, and that is known. */
  details: Name | null = null;
  /** Tags in the text, of all segments; those of a segment begin at its `firstTags` and end at the next one's. */
  readonly tagStarts = new Int32Array(CHARACTERS);
  readonly tagEnds = new Int32Array(CHARACTERS);
  readonly firstTags = new Int32Array(LIMITS.segments + 1);
  tagCount = 0;
  readonly #hashes = new Int32Array(CHARACTERS + 1);

  /** Of the text from `start` to `end`; 0 for none of it. */
  hash(start: number, end: number): number {
    return (
      ((this.#hashes[end] as number) - Math.imul(this.#hashes[start] as number, POWERS[end - start] as number)) | 0
    );
  }

  /** False where the request is denied whatever the permissions are; see `readName`. */
  load(request: Request, dialect: Dialect): boolean {
    const { action, resource } = request;
    // Types are no proof at run time (FAIL-CLOSED).
    if (typeof action !== 'string' || action === '' || action.length > CHARACTERS) return false;
    if (typeof resource === 'string') {
      if (resource === '' || resource.length > CHARACTERS) return false;
      const loaded = this.#loadText(resource);
      if (loaded !== null) return loaded;
    }
    const name = readName(request, dialect);
    return name !== null && this.#loadParts(name);
  }

  /** `null` for a text with properties or a second `;`: those are read as the dialect has it. */
  #loadText(text: string): boolean | null {
    const hashes = this.#hashes;
    const { length } = text;
    let count = 0;
    let tags = 0;
    let start = 0;
    /** Whether what begins at `start` is a tag. */
    let tagged = false;
    let hash = 0;
    this.firstTags[0] = 0;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      hash = hashOfNext(hash, code);
      hashes[i + 1] = hash;
      if (code > COLON + 1 && code !== BRACE) continue;
      if (code === COLON) {
        // A seventeenth segment, unless this colon stands within braces.
        if (count >= LIMITS.segments - 1) return text.includes(';') ? null : false;
        if (tagged) tags = this.#endTag(tags, start, i);
        else this.#endPath(count, start, i);
        count += 1;
        this.firstTags[count] = tags;
        tagged = false;
        start = i + 1;
      } else if (code === SEMICOLON) {
        if (tagged) return null;
        this.#endPath(count, start, i);
        tagged = true;
        start = i + 1;
      } else if (tagged) {
        if (code === BRACE) return null;
        if (code === COMMA) {
          tags = this.#endTag(tags, start, i);
          start = i + 1;
        }
      }
    }
    if (tagged) tags = this.#endTag(tags, start, length);
    else this.#endPath(count, start, length);
    this.count = count + 1;
    this.firstTags[count + 1] = tags;
    this.tagCount = tags;
    this.text = text;
    this.details = null;
    return true;
  }

  #endPath(segment: number, start: number, end: number): void {
    this.starts[segment] = start;
    this.ends[segment] = end;
  }

  /** No name has an empty tag. */
  #endTag(tags: number, start: number, end: number): number {
    if (start === end) return tags;
    this.tagStarts[tags] = start;
    this.tagEnds[tags] = end;
    return tags + 1;
  }

  #loadParts(name: Name): boolean {
    let text = '';
    for (let i = 0; i < name.length; i += 1) {
      const { path } = name[i] as NameSegment;
      if (typeof path !== 'string') return false;
      this.starts[i] = text.length;
      text += path;
      this.ends[i] = text.length;
    }
    if (text.length > CHARACTERS) return false;
    this.tagCount = 0;
    let hash = 0;
    for (let i = 0; i < text.length; i += 1) {
      hash = hashOfNext(hash, text.charCodeAt(i));
      this.#hashes[i + 1] = hash;
    }
    this.count = name.length;
    this.text = text;
    this.details = name;
    return true;
  }
}

export const loadedName = new LoadedName();
