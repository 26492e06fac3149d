/** What no JSON of Latchkey's comes near; deeper is refused before the stack is. */
const MAX_DEPTH = 32;

/**
 * JSON with the keys of each object in the order of their UTF-16 code units and no white space, after RFC 8785.
 * Keys whose value is `undefined` are left out, as JSON does. Throws TypeError for what JSON can't say.
 */
export const canonicalJson = (value: unknown, depth = 0): string => {
  if (depth > MAX_DEPTH) throw new TypeError('too deep for canonical JSON');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([first], [second]) => (first < second ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, depth + 1)}`).join(',')}}`;
  }
  throw new TypeError('not a JSON value');
};
