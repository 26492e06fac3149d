import type { Output, ParsedInput } from '@latchkey/contract';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor } from '../pages/cursor.ts';
import { nextCursor, rowsFor } from '../pages/page.ts';
import { toGroupView } from './group-view.ts';

/** A page of the organization's groups, by id. */
export const listGroups = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { cursor, limit }: ParsedInput<'groups', 'list'>,
): Promise<Output<'groups', 'list'>> => {
  const scope = { list: 'groups', organizationId, query: null };
  // Signed by us for exactly this list, so it is the id that was written below.
  const after = readCursor(deps, scope, cursor) as string | undefined;
  const page = { ...(after === undefined ? {} : { after }), limit: rowsFor(limit) };
  const rows = await requireDirectory(deps).groups.list(organizationId, page);
  return {
    items: rows.slice(0, limit).map(toGroupView),
    nextCursor: nextCursor(deps, scope, rows, limit, ({ groupId }) => groupId),
  };
};
