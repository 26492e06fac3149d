import type { ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { managementRequest } from '@latchkey/core/policy';
import type { TokenFilter, TokenPage, TokenRecord, TokenWithSecrets } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { may, notAllowed } from '../permissions/demand.ts';
import { authorize } from './authorize.ts';
import { memberOf } from './member-of.ts';

type BulkInput = ParsedInput<'tokens', 'bulk'>;

const DAY_MS = 24 * 60 * 60 * 1_000;
const PAGE = 200;

/** Up to `limit` tokens that fit and that the caller may stop, the oldest first; `done` where these are all. */
export const findStoppable = async (
  deps: ApiDeps,
  { principal }: Caller,
  input: BulkInput,
  limit: number,
): Promise<{ readonly hits: readonly TokenWithSecrets[]; readonly skippedCount: number; readonly done: boolean }> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  const now = await deps.store.now();
  const { unusedForDays, expiringWithinDays, ...same } = input.filter;
  const filter: TokenFilter = {
    ...withoutUndefined(same),
    ...(unusedForDays === undefined ? {} : { unusedSince: now - unusedForDays * DAY_MS }),
    ...(expiringWithinDays === undefined ? {} : { expiringBy: now + expiringWithinDays * DAY_MS }),
    ...whatIsTheirs({ principal, catalogue }, input),
  };
  const hits: TokenWithSecrets[] = [];
  let skippedCount = 0;
  let after: TokenPage['after'];
  for (;;) {
    const page = { filter, sort: 'createdAt', direction: 'asc', limit: PAGE, now } as const;
    const rows = await deps.store.tokens.list(organizationId, after === undefined ? page : { ...page, after });
    for (const token of rows) {
      // Deactivating an inactive token changes nothing, and a token doesn't pull the ladder up behind itself.
      if (input.action === 'deactivate' && token.state !== 'active') continue;
      if (principal.type === 'token' && principal.token.tokenId === token.tokenId) continue;
      if (!mayStop({ principal, catalogue }, token, input.action)) skippedCount += 1;
      else if (hits.length === limit) return { hits, skippedCount, done: false };
      else hits.push(token);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return { hits, skippedCount, done: true };
    after = { value: last.createdAt, tokenId: last.tokenId };
  }
};

/** An administrator stops anybody's; others their own, or service tokens if they may manage those and ask for them. */
const whatIsTheirs = (
  { principal, catalogue: { management } }: Pick<Acting, 'principal' | 'catalogue'>,
  { action, filter }: BulkInput,
): TokenFilter => {
  if (may(principal, management.administer)) return {};
  const manages = managementRequest(management, 'service', action, {});
  if (filter.kind === 'service' && may(principal, manages)) return {};
  if (filter.kind === 'service') throw notAllowed(principal, manages);
  const member = memberOf(principal);
  if (member === null) throw notAllowed(principal, management.administer);
  return { visibleTo: member.memberId };
};

/** Whether the caller may stop this one; judged again, locked, before it is done. */
export const mayStop = (
  { principal, catalogue }: Pick<Acting, 'principal' | 'catalogue'>,
  target: TokenRecord,
  action: BulkInput['action'],
): boolean => {
  if (target.state === 'revoked') return false;
  try {
    authorize({ principal, catalogue, target }, action);
    return true;
  } catch (error) {
    if (error instanceof LatchkeyError) return false;
    throw error;
  }
};
