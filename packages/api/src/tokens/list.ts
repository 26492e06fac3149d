import type { Output, ParsedInput } from '@latchkey/contract';
import type { TokenPage, TokenWithSecrets } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor, writeCursor } from '../pages/cursor.ts';
import { nextCursor, rowsFor } from '../pages/page.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { listItself } from './list-itself.ts';
import { mayList } from './sight.ts';
import { viewTokens } from './view-tokens.ts';

type ListInput = ParsedInput<'tokens', 'list'>;

/** A page of the organization's tokens; without the permission to list, of those that are the caller's own. */
export const listTokens = async (
  deps: ApiDeps,
  { principal }: Caller,
  input: ListInput,
): Promise<Output<'tokens', 'list'>> => {
  const { organizationId } = principal;
  const { cursor, limit, sort, direction, ...filter } = input;
  const seesAll = mayList(principal, await deps.host.catalogue(organizationId));
  const now = await deps.store.now();
  // NO-SELF-HELP: a token that may not list sees itself, and not its owner's others.
  if (!seesAll && principal.type === 'token') return listItself(deps, principal, filter, now);
  const visibleTo = seesAll || principal.type !== 'member' ? null : principal.member.memberId;
  const scope = { list: 'tokens', organizationId, query: { filter, sort, direction, visibleTo } };
  // Signed by us for exactly this list, so it is what was written below.
  const after = readCursor(deps, scope, cursor) as TokenPage['after'] | undefined;
  const { tokens: rows, goOn } = await deps.store.tokens.listSome(organizationId, {
    filter: { ...withoutUndefined(filter), ...(visibleTo === null ? {} : { visibleTo }) },
    sort,
    direction,
    limit: rowsFor(limit),
    now,
    ...(after === undefined ? {} : { after }),
  });
  const items = await viewTokens(deps, organizationId, rows.slice(0, limit), now);
  const position = (token: TokenWithSecrets) => ({ value: token[sort], tokenId: token.tokenId });
  // BOUNDED-WORK: a search may have looked at enough before its page was full.
  const next = nextCursor(deps, scope, rows, limit, position);
  return { items, nextCursor: next ?? (goOn === null ? null : writeCursor(deps, scope, goOn)) };
};
