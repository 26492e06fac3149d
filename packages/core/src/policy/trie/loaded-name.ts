import { LIMITS } from '../limits.ts';
import type { Dialect } from '../policy.ts';
import { type Name, type NameSegment, type Request, readName } from '../request.ts';

const CHARACTERS = LIMITS.requestCharacters;

/**
 * The name of the request that is being decided: where its segments and their tags begin and end. One for all,
 * overwritten by each decision: reading a name from text allocates nothing, and the built-in search, which looks at many
 * characters at once, is several times as fast as a loop over them.
 */
class LoadedName {
  text = '';
  count = 0;
  readonly starts = new Int32Array(LIMITS.segments);
  /** Where the paths end. */
  readonly ends = new Int32Array(LIMITS.segments);
  /** Tags and properties where the text alone doesn't say them; else there are no properties, and that is known. */
  details: Name | null = null;
  /** Whether any segment has tags in the text. */
  tagged = false;
  /** Tags in the text, of all segments; those of a segment begin at its `firstTags` and end at the next one's. */
  readonly tagStarts = new Int32Array(CHARACTERS);
  readonly tagEnds = new Int32Array(CHARACTERS);
  readonly firstTags = new Int32Array(LIMITS.segments + 1);

  /** False where the request is denied whatever the permissions are; see `readName`. */
  load(request: Request, dialect: Dialect): boolean {
    const { action, resource } = request;
    // Types are no proof at run time (FAIL-CLOSED).
    if (typeof action !== 'string' || action === '' || action.length > CHARACTERS) return false;
    if (typeof resource === 'string') {
      if (resource === '' || resource.length > CHARACTERS) return false;
      const semicolon = resource.indexOf(';');
      if (semicolon < 0) return this.#loadPaths(resource);
      // Properties, and what two semicolons mean, are read as the dialect has it.
      if (resource.indexOf('{', semicolon) < 0) {
        const loaded = this.#loadTagged(resource, semicolon);
        if (loaded !== null) return loaded;
      }
    }
    const name = readName(request, dialect);
    return name !== null && this.#loadParts(name);
  }

  #loadPaths(text: string): boolean {
    const { starts, ends } = this;
    let count = 0;
    let start = 0;
    for (;;) {
      const colon = text.indexOf(':', start);
      starts[count] = start;
      if (colon < 0) break;
      ends[count] = colon;
      count += 1;
      if (count === LIMITS.segments) return false;
      start = colon + 1;
    }
    ends[count] = text.length;
    this.count = count + 1;
    this.text = text;
    this.details = null;
    this.tagged = false;
    return true;
  }

  /** `null` for a segment with two semicolons. */
  #loadTagged(text: string, firstSemicolon: number): boolean | null {
    let semicolon = firstSemicolon;
    let tags = 0;
    let start = 0;
    for (let count = 0; count < LIMITS.segments; count += 1) {
      const colon = text.indexOf(':', start);
      const end = colon < 0 ? text.length : colon;
      this.starts[count] = start;
      this.firstTags[count] = tags;
      if (semicolon < 0 || semicolon > end) this.ends[count] = end;
      else {
        this.ends[count] = semicolon;
        tags = this.#loadTags(text, semicolon + 1, end, tags);
        semicolon = text.indexOf(';', semicolon + 1);
        if (semicolon >= 0 && semicolon < end) return null;
      }
      if (colon < 0) {
        this.firstTags[count + 1] = tags;
        this.count = count + 1;
        this.text = text;
        this.details = null;
        this.tagged = true;
        return true;
      }
      start = end + 1;
    }
    // A seventeenth segment.
    return false;
  }

  /** No name has an empty tag. */
  #loadTags(text: string, from: number, end: number, before: number): number {
    let tags = before;
    let start = from;
    while (start < end) {
      const comma = text.indexOf(',', start);
      const stop = comma < 0 || comma > end ? end : comma;
      if (stop > start) {
        this.tagStarts[tags] = start;
        this.tagEnds[tags] = stop;
        tags += 1;
      }
      start = stop + 1;
    }
    return tags;
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
    this.count = name.length;
    this.text = text;
    this.details = name;
    this.tagged = true;
    return text.length <= CHARACTERS;
  }
}

export const loadedName = new LoadedName();
