import { LIMITS } from '../limits.ts';
import type { Dialect } from '../policy.ts';
import { type Name, type NameSegment, type Request, readName } from '../request.ts';

// Looked up once: see `walk.ts`.
const { indexOf } = String.prototype;

const CHARACTERS = LIMITS.requestCharacters;
/** None is empty, and a comma stands between them. */
const MOST_TAGS = CHARACTERS / 2;

/**
 * The name of the request that is being decided: where its segments begin and end. One for all, overwritten by each
 * decision: reading a name from text allocates nothing, and the built-in search, which looks at many characters at once,
 * is several times as fast as a loop over them.
 */
class LoadedName {
  text = '';
  count = 0;
  readonly starts = new Int32Array(LIMITS.segments);
  /** Where the paths end. */
  readonly ends = new Int32Array(LIMITS.segments);
  /** Where the segments end: what stands between the path and here, after a `;`, are tags. */
  readonly stops = new Int32Array(LIMITS.segments);
  /** Of the tags between two places of the text, the one after the other, where each begins and ends. */
  readonly tagStarts = new Int32Array(MOST_TAGS);
  readonly tagEnds = new Int32Array(MOST_TAGS);
  #tagsFrom = -1;
  #tagCount = 0;
  /** Tags and properties where the text alone doesn't say them; else there are no properties, and that is known. */
  details: Name | null = null;
  /** Whether any segment may have tags or properties. */
  detailed = false;
  /** Whether the paths stand in the text one after the other, with nothing but a `:` between them. */
  contiguous = true;
  /** Whether nothing but the last segment's tags may follow the paths, and the text alone says them. */
  plain = true;
  /** Where the paths end, where nothing but the last segment's tags may follow them. */
  limit = 0;
  /** Whether the segments are known. Of such a text they are looked for when somebody asks. */
  split = false;

  /** False where the request is denied whatever the permissions are; see `readName`. */
  load(request: Request, dialect: Dialect): boolean {
    const { action, resource } = request;
    // Types are no proof at run time (FAIL-CLOSED).
    if (typeof action !== 'string' || action === '' || action.length > CHARACTERS) return false;
    if (typeof resource === 'string') {
      if (resource === '' || resource.length > CHARACTERS) return false;
      const semicolon = indexOf.call(resource, ';');
      if (semicolon < 0) return this.#begin(resource, resource.length);
      // In featbit all that follows the only segment with tags, which is the last, is tags.
      if (dialect === 'featbit' && indexOf.call(resource, ':', semicolon) < 0) return this.#begin(resource, semicolon);
      // Properties, and what two semicolons mean, are read as the dialect has it.
      if (dialect === 'featbit' || indexOf.call(resource, '{', semicolon) < 0) {
        const loaded = this.#loadTagged(resource, semicolon);
        if (loaded !== null) return loaded;
      }
    }
    const name = readName(request, dialect);
    return name !== null && this.#loadParts(name);
  }

  #begin(text: string, limit: number): boolean {
    this.text = text;
    this.limit = limit;
    this.details = null;
    this.detailed = limit < text.length;
    this.contiguous = true;
    this.plain = true;
    this.split = false;
    this.#tagsFrom = -1;
    return true;
  }

  /** Finds the segments. False where there are too many: the request is denied, and nothing matches it. */
  ensureSplit(): boolean {
    if (this.split) return true;
    const { text, starts, ends, stops } = this;
    let count = 0;
    let start = 0;
    for (;;) {
      starts[count] = start;
      const colon = indexOf.call(text, ':', start);
      if (colon < 0) break;
      ends[count] = colon;
      stops[count] = colon;
      count += 1;
      // A seventeenth segment.
      if (count === LIMITS.segments) return false;
      start = colon + 1;
    }
    ends[count] = this.limit;
    stops[count] = text.length;
    this.count = count + 1;
    this.split = true;
    return true;
  }

  /** Finds the tags between these two places, if they aren't the ones that were found last; how many there are. */
  ensureTags(from: number, stop: number): number {
    if (this.#tagsFrom === from) return this.#tagCount;
    const { text, tagStarts, tagEnds } = this;
    let count = 0;
    for (let start = from; start < stop; ) {
      const comma = indexOf.call(text, ',', start);
      const end = comma < 0 || comma > stop ? stop : comma;
      // No name has an empty tag.
      if (end > start) {
        tagStarts[count] = start;
        tagEnds[count] = end;
        count += 1;
      }
      start = end + 1;
    }
    this.#tagsFrom = from;
    this.#tagCount = count;
    return count;
  }

  /** `null` for a segment with two semicolons. */
  #loadTagged(text: string, firstSemicolon: number): boolean | null {
    const { starts, ends, stops } = this;
    const { length } = text;
    let semicolon = firstSemicolon;
    let count = 0;
    let start = 0;
    let contiguous = true;
    for (;;) {
      const colon = indexOf.call(text, ':', start);
      const stop = colon < 0 ? length : colon;
      starts[count] = start;
      stops[count] = stop;
      if (semicolon > stop) ends[count] = stop;
      else {
        ends[count] = semicolon;
        contiguous = contiguous && colon < 0;
        semicolon = indexOf.call(text, ';', semicolon + 1);
        if (semicolon < 0) semicolon = CHARACTERS + 1;
        else if (semicolon < stop) return null;
      }
      if (colon < 0) break;
      count += 1;
      if (count === LIMITS.segments) return false;
      start = colon + 1;
    }
    this.count = count + 1;
    this.text = text;
    this.details = null;
    this.detailed = true;
    this.split = true;
    this.contiguous = contiguous;
    this.plain = false;
    this.#tagsFrom = -1;
    return true;
  }

  #loadParts(name: Name): boolean {
    let text = '';
    // One that is made by hand may have separators of its own.
    let contiguous = true;
    for (let i = 0; i < name.length; i += 1) {
      const { path } = name[i] as NameSegment;
      if (typeof path !== 'string') return false;
      contiguous = contiguous && !path.includes(':');
      if (i > 0) text += ':';
      this.starts[i] = text.length;
      text += path;
      this.ends[i] = text.length;
    }
    this.count = name.length;
    this.text = text;
    this.details = name;
    this.detailed = true;
    this.split = true;
    this.contiguous = contiguous;
    this.plain = false;
    this.#tagsFrom = -1;
    return text.length <= CHARACTERS;
  }
}

export const loadedName = new LoadedName();
