import { LIMITS } from '../limits.ts';
import type { Dialect } from '../policy.ts';
import { type Name, type NameSegment, type Request, readName } from '../request.ts';
import { hashOfNext, powersUpTo } from './text-hash.ts';

const COLON = 0x3a;
const SEMICOLON = 0x3b;

const CHARACTERS = LIMITS.requestCharacters;
const POWERS = powersUpTo(CHARACTERS);

/**
 * The name of the request that is being decided: where its segments begin and end, and a hash of each beginning of its
 * text. One for all, overwritten by each decision: reading a name allocates nothing where it has no tags.
 */
class LoadedName {
  text = '';
  count = 0;
  readonly starts = new Int32Array(LIMITS.segments);
  readonly ends = new Int32Array(LIMITS.segments);
  /** Tags and properties; `null` where there are none and that is known. */
  details: Name | null = null;
  readonly #hashes = new Int32Array(CHARACTERS + 1);

  /** Of the text from `start` to `end`. */
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
      const plain = this.#loadPlain(resource);
      if (plain !== null) return plain;
    }
    const name = readName(request, dialect);
    return name !== null && this.#loadParts(name);
  }

  /** `null` for a text with tags or properties: those are read as the dialect has it. */
  #loadPlain(text: string): boolean | null {
    const hashes = this.#hashes;
    const { length } = text;
    let count = 0;
    let start = 0;
    let hash = 0;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code === SEMICOLON) return null;
      if (code === COLON) {
        // A seventeenth segment, unless this colon stands within braces.
        if (count >= LIMITS.segments - 1) return text.includes(';') ? null : false;
        this.starts[count] = start;
        this.ends[count] = i;
        count += 1;
        start = i + 1;
      }
      hash = hashOfNext(hash, code);
      hashes[i + 1] = hash;
    }
    this.starts[count] = start;
    this.ends[count] = length;
    this.count = count + 1;
    this.text = text;
    this.details = null;
    return true;
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
