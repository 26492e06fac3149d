import type { Output, ParsedInput } from '@latchkey/contract';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor } from '../pages/cursor.ts';
import { nextCursor, rowsFor } from '../pages/page.ts';
import { toMemberView } from './member-view.ts';

/** A page of the organization's members, by id. */
export const listMembers = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { cursor, limit, search, includeRemoved }: ParsedInput<'members', 'list'>,
): Promise<Output<'members', 'list'>> => {
  const scope = { list: 'members', organizationId, query: { search, includeRemoved } };
  // Signed by us for exactly this list, so it is the id that was written below.
  const after = readCursor(deps, scope, cursor) as string | undefined;
  const rows = await requireDirectory(deps).members.list(organizationId, {
    ...(search === undefined ? {} : { search }),
    includeRemoved,
    ...(after === undefined ? {} : { after }),
    limit: rowsFor(limit),
  });
  return {
    items: rows.slice(0, limit).map(toMemberView),
    nextCursor: nextCursor(deps, scope, rows, limit, ({ memberId }) => memberId),
  };
};
