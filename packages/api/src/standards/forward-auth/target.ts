import type { Address } from '../../http/verification-endpoints.ts';

/** What the address says that a proxy has asked by. */
export interface Target {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Behind it a proxy puts the path and the query of whoever calls it, as Envoy does. */
const CALLERS_OWN = '/prefix/';

/**
 * Of `/forward-auth` the query is the proxy's own: a demand, and nothing else. Of `/forward-auth/prefix/…` all that follows is
 * the caller's: what is demanded is said by headers there, and no query of a caller's counts.
 *
 * FAIL-CLOSED: `null` for any other address, and for a query that isn't understood to its end. A slash too many, a misspelt
 * name or a second `?` would otherwise let in whoever has a token, with no word about what was to be demanded of it.
 */
export const readTarget = ({ originalUrl, baseUrl }: Address): Target | null => {
  if (originalUrl === baseUrl || originalUrl.startsWith(`${baseUrl}${CALLERS_OWN}`)) return NOTHING;
  if (!originalUrl.startsWith(`${baseUrl}?`)) return null;
  const text = originalUrl.slice(baseUrl.length + 1);
  if (text === '' || OTHERWISE_READ.test(text)) return null;
  const query = new URLSearchParams(text);
  const [actions, resources] = [query.getAll('action'), query.getAll('resource')];
  if (actions.length + resources.length !== query.size) return null;
  // What decoding had to put in place of bytes that are no text.
  return [...actions, ...resources].some((value) => value.includes('\uFFFD')) ? null : { actions, resources };
};

/** A second query, a fragment, bytes that no address may hold, and a `%` that begins nothing. */
const OTHERWISE_READ = /[?#]|[^\x21-\x7e]|%(?![0-9a-f]{2})/i;

const NOTHING: Target = Object.freeze({ actions: [], resources: [] });
