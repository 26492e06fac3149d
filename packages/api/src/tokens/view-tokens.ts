import type { TokenView } from '@latchkey/contract';
import type { Instant, Tx } from '@latchkey/core';
import type { Issuer, TokenWithSecrets } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { type IssuerView, toTokenView } from './token-view.ts';

type Deps = Pick<ApiDeps, 'store' | 'host'>;

/** Tokens of one organization with their issuers' present names; each issuer is asked for once. */
export const viewTokens = async (
  deps: Deps,
  organizationId: string,
  tokens: readonly TokenWithSecrets[],
  now: Instant,
): Promise<TokenView[]> => {
  const issuers = new Map<string, Promise<IssuerView>>();
  const issuerOf = ({ issuer }: TokenWithSecrets): Promise<IssuerView> => {
    const key = `${issuer.type} ${issuer.id}`;
    const known = issuers.get(key) ?? readIssuer(deps, organizationId, issuer);
    issuers.set(key, known);
    return known;
  };
  return Promise.all(tokens.map(async (token) => toTokenView(token, await issuerOf(token), now)));
};

/** One token, inside the transaction that has just changed it. */
export const viewToken = async (
  deps: Deps,
  organizationId: string,
  token: TokenWithSecrets,
  now: Instant,
  tx?: Tx,
): Promise<TokenView> => toTokenView(token, await readIssuer(deps, organizationId, token.issuer, tx), now);

const readIssuer = async (
  { store, host }: Deps,
  organizationId: string,
  { type, id }: Issuer,
  tx?: Tx,
): Promise<IssuerView> => {
  if (type === 'member') {
    const member = await host.findMember(organizationId, id, tx);
    return { type, id, name: member?.name ?? null, removed: member?.status !== 'active' };
  }
  const token = await store.tokens.find(organizationId, id, tx);
  return { type, id, name: token?.name ?? null, removed: token === null || token.state === 'revoked' };
};
