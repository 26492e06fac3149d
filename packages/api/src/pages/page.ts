import type { ApiDeps } from '../deps.ts';
import { type CursorScope, writeCursor } from './cursor.ts';

/** No repository gives more rows than this at once. */
const MAX_ROWS = 200;

/** How many rows to ask for: one more than the page holds says whether there is a next one. */
export const rowsFor = (limit: number): number => Math.min(limit + 1, MAX_ROWS);

/** Where the next page begins, or `null` for none. A full page at the very limit is followed by one that may be empty. */
export const nextCursor = <Row>(
  deps: Pick<ApiDeps, 'crypto' | 'keys'>,
  scope: CursorScope,
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => unknown,
): string | null => {
  const last = rows.length > limit || rows.length === MAX_ROWS ? rows[limit - 1] : undefined;
  return last === undefined ? null : writeCursor(deps, scope, positionOf(last));
};
