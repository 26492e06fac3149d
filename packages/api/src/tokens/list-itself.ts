import type { Output, ParsedInput } from '@latchkey/contract';
import type { Instant } from '@latchkey/core';
import { nameKey } from '@latchkey/core/lifecycle';
import type { ApiDeps } from '../deps.ts';
import type { TokenPrincipal } from '../principal.ts';
import { viewTokens } from './view-tokens.ts';

type Filter = Omit<ParsedInput<'tokens', 'list'>, 'cursor' | 'limit' | 'sort' | 'direction'>;

/** The page of a token that may not list: itself, where the filter lets it through. */
export const listItself = async (
  deps: Pick<ApiDeps, 'store' | 'host'>,
  { organizationId, token: { tokenId } }: TokenPrincipal,
  filter: Filter,
  now: Instant,
): Promise<Output<'tokens', 'list'>> => {
  const token = await deps.store.tokens.find(organizationId, tokenId);
  const items = await viewTokens(deps, organizationId, token === null ? [] : [token], now);
  const { nameContains, kind, issuerId, ownerId, status } = filter;
  return {
    items: items.filter(
      (view) =>
        (nameContains === undefined || nameKey(view.name).includes(nameKey(nameContains))) &&
        (kind === undefined || view.kind === kind) &&
        (issuerId === undefined || view.issuer.id === issuerId) &&
        (ownerId === undefined || view.ownerId === ownerId) &&
        (status === undefined ? view.status !== 'revoked' : view.status === status),
    ),
    nextCursor: null,
  };
};
