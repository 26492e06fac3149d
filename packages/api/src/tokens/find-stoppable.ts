import type { ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { type Coverage, managementRequest } from '@latchkey/core/policy';
import type { TokenFilter, TokenPage, TokenRecord, TokenWithSecrets } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { notAllowed, use } from '../permissions/demand.ts';
import { authorize } from './authorize.ts';
import { createExcessFinder } from './find-excess.ts';
import { memberOf } from './member-of.ts';

type BulkInput = ParsedInput<'tokens', 'bulk'>;

/** Where one call ended and the next begins: behind the last token that was looked at. */
export type BulkPosition = NonNullable<TokenPage['after']>;

/** A token that fits and may be stopped; `exceeds` is a request that shows what it has too much, where that was asked. */
export interface Hit {
  readonly token: TokenWithSecrets;
  readonly exceeds: { readonly action: string; readonly resource: string } | null;
}

export interface Stoppable {
  readonly hits: readonly Hit[];
  /** Fitting ones that the caller may not stop. */
  readonly skippedCount: number;
  /** Of which the engine could not tell whether they have too much. */
  readonly undecidedCount: number;
  /** `null` where there is no token behind. */
  readonly next: BulkPosition | null;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const PAGE = 200;

/** BOUNDED-WORK: tokens that one call stops, looks at, and compares with what their owners and issuers have. */
const MAX_HITS = 500;
const MAX_LOOKED_AT = 10_000;
const MAX_COMPARED = 200;

/** Tokens behind `from` that fit and that the caller may stop, the oldest first, as many as one call has room for. */
export const findStoppable = async (
  deps: ApiDeps,
  { principal }: Caller,
  input: BulkInput,
  from: BulkPosition | null,
): Promise<Stoppable> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  const now = await deps.store.now();
  const { unusedForDays, expiringWithinDays, overPrivileged, ...same } = input.filter;
  const filter: TokenFilter = {
    ...withoutUndefined(same),
    ...(unusedForDays === undefined ? {} : { unusedSince: now - unusedForDays * DAY_MS }),
    ...(expiringWithinDays === undefined ? {} : { expiringBy: now + expiringWithinDays * DAY_MS }),
    ...whatIsTheirs({ principal, catalogue }, input),
  };
  const excess = createExcessFinder(deps, { organizationId, catalogue });
  const hits: Hit[] = [];
  let skippedCount = 0;
  let undecidedCount = 0;
  let lookedAtCount = 0;
  let after = from;
  for (;;) {
    const page = { filter, sort: 'createdAt', direction: 'asc', limit: PAGE, now } as const;
    const rows = await deps.store.tokens.list(organizationId, after === null ? page : { ...page, after });
    for (const token of rows) {
      const isFull = hits.length === MAX_HITS || lookedAtCount === MAX_LOOKED_AT;
      if (isFull || excess.comparedCount() === MAX_COMPARED) return { hits, skippedCount, undecidedCount, next: after };
      lookedAtCount += 1;
      after = { value: token.createdAt, tokenId: token.tokenId };
      // Deactivating an inactive token changes nothing, and a token doesn't pull the ladder up behind itself.
      if (input.action === 'deactivate' && token.state !== 'active') continue;
      if (principal.type === 'token' && principal.token.tokenId === token.tokenId) continue;
      const found: Coverage | null = overPrivileged === true ? await excess.find(token) : null;
      if (found?.covered === 'undecided') undecidedCount += 1;
      if (found !== null && found.covered !== false) continue;
      if (!mayStop({ principal, catalogue }, token, input.action)) skippedCount += 1;
      else hits.push({ token, exceeds: found?.covered === false ? { ...found.counterexample } : null });
    }
    if (rows.length < PAGE) return { hits, skippedCount, undecidedCount, next: null };
  }
};

/** An administrator stops anybody's; others their own, or service tokens if they may manage those and ask for them. */
const whatIsTheirs = (
  { principal, catalogue: { management } }: Pick<Acting, 'principal' | 'catalogue'>,
  { action, filter }: BulkInput,
): TokenFilter => {
  if (use(principal, management.administer)) return {};
  const manages = managementRequest(management, 'service', action, {});
  if (filter.kind === 'service' && use(principal, manages)) return {};
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
