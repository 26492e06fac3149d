import { LatchkeyError } from '@latchkey/core/errors';
import { nameKey } from '@latchkey/core/lifecycle';
import { newTokenId } from '@latchkey/core/token';
import type { NewToken } from '@latchkey/store';
import { type Acting, actorOf } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { mintSecret } from './mint-secret.ts';
import type { Revealed } from './reveal-once.ts';
import { viewToken } from './view-tokens.ts';

/** A token as somebody asked for it, once all of it has been checked. */
export type Terms = Pick<
  NewToken,
  'kind' | 'name' | 'description' | 'ownerId' | 'project' | 'permissions' | 'addressRanges' | 'expiresAt'
>;

/** Stores a new token with its first secret, and reveals it. `origin` goes into the audit event: what it was made from. */
export const storeToken = async (
  deps: ApiDeps,
  acting: Acting,
  terms: Terms,
  origin: { readonly clonedFrom?: string; readonly handedOverFrom?: string } = {},
): Promise<Revealed> => {
  const { tx, now, organizationId, principal } = acting;
  const organization = await deps.store.organizations.find(organizationId, tx);
  if (organization === null) throw new LatchkeyError('NOT_FOUND');
  const parentTokenId = principal.type === 'token' ? principal.token.tokenId : null;
  const token: NewToken = {
    ...terms,
    organizationId,
    tokenId: newTokenId(deps.crypto, organization.routingKey),
    state: 'active',
    issuer: actorOf(principal),
    parentTokenId,
    createdAt: now,
    marks: await marksFor(deps, acting, terms.ownerId),
  };
  const { text, secret } = mintSecret(deps, token, 1, now);
  const issued = await deps.store.tokens.insert(tx, token, nameKey(token.name), secret);
  const { kind, name, project, permissions } = token;
  await acting.audit({
    action: 'token.issued',
    target: { type: 'token', id: token.tokenId },
    details: {
      ...{ kind, name, project, permissions: permissions.type, parent: parentTokenId },
      secretNumber: secret.number,
      ...origin,
    },
  });
  const view = await viewToken(deps, organizationId, issued, now, tx);
  return { answer: { token: view, tokenText: text }, secretNumber: secret.number };
};

/** Those of the issue; the owner's gate is locked already. */
const marksFor = async (deps: ApiDeps, { tx, organizationId }: Acting, ownerId: string | null) => {
  const gate = ownerId === null ? null : await deps.store.ownerGates.find(organizationId, ownerId, tx);
  return { ...(await deps.store.organizations.marks(organizationId, tx)), owner: gate?.mark ?? 0 };
};
