import type { Output, ParsedInput } from '@latchkey/contract';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor } from '../pages/cursor.ts';
import { nextCursor, rowsFor } from '../pages/page.ts';
import { toPolicyRecordView } from './policy-view.ts';

/** A page of the organization's policies, by id. */
export const listPolicies = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { cursor, limit }: ParsedInput<'policies', 'list'>,
): Promise<Output<'policies', 'list'>> => {
  const scope = { list: 'policies', organizationId, query: null };
  // Signed by us for exactly this list, so it is the id that was written below.
  const after = readCursor(deps, scope, cursor) as string | undefined;
  const page = { ...(after === undefined ? {} : { after }), limit: rowsFor(limit) };
  const rows = await requireDirectory(deps).policies.list(organizationId, page);
  return {
    items: rows.slice(0, limit).map(toPolicyRecordView),
    nextCursor: nextCursor(deps, scope, rows, limit, ({ policyId }) => policyId),
  };
};
