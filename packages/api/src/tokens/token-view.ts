import type { PermissionsView, StatementView, TokenView } from '@latchkey/contract';
import type { Instant, Policy, Statement, TokenPermissions } from '@latchkey/core';
import type { SecretSummary, TokenWithSecrets } from '@latchkey/store';

/** Who issued a token, as it stands now: `name` is `null` where nobody knows it any more. */
export type IssuerView = TokenView['issuer'];

/** A token as its readers see it. SECRET-ONCE: there is nothing here to see a secret or a digest by. */
export const toTokenView = (token: TokenWithSecrets, issuer: IssuerView, now: Instant): TokenView => ({
  tokenId: token.tokenId,
  kind: token.kind,
  name: token.name,
  description: token.description,
  status: statusOf(token, now),
  ownerId: token.ownerId,
  issuer,
  parentTokenId: token.parentTokenId,
  project: token.project,
  permissions: toPermissionsView(token.permissions),
  addressRanges: [...token.addressRanges],
  createdAt: iso(token.createdAt),
  expiresAt: isoOrNull(token.expiresAt),
  deactivatedAt: isoOrNull(token.deactivatedAt),
  deactivatedBecause: token.deactivatedBecause,
  revokedAt: isoOrNull(token.revokedAt),
  lastUsedAt: isoOrNull(token.lastUsedAt),
  hint: token.secrets[0]?.hint ?? '',
  secrets: token.secrets.filter((secret) => isLive(secret, now)).map(toSecretView),
  revision: token.revision,
});

// CLOCK-EXPIRY: read from the clock, stored nowhere.
export const statusOf = (
  { state, expiresAt }: Pick<TokenWithSecrets, 'state' | 'expiresAt'>,
  now: Instant,
): TokenView['status'] => (state !== 'revoked' && expiresAt !== null && expiresAt <= now ? 'expired' : state);

const isLive = ({ spent, acceptedUntil }: SecretSummary, now: Instant): boolean =>
  !spent && (acceptedUntil === null || now < acceptedUntil);

const toSecretView = (secret: SecretSummary): TokenView['secrets'][number] => ({
  number: secret.number,
  hint: secret.hint,
  createdAt: iso(secret.createdAt),
  supersededAt: isoOrNull(secret.supersededAt),
  acceptedUntil: isoOrNull(secret.acceptedUntil),
  firstUsedAt: isoOrNull(secret.firstUsedAt),
  lastUsedAt: isoOrNull(secret.lastUsedAt),
  lastUsedAddress: secret.lastUsedAddress,
  lastUsedClient: secret.lastUsedClient,
  cutWhenSilentMs: secret.cutWhenSilentMs,
});

export const toPermissionsView = (permissions: TokenPermissions): PermissionsView => {
  switch (permissions.type) {
    case 'inherit':
      return { type: 'inherit', manageTokens: permissions.manageTokens };
    case 'ability':
      return { ...permissions, statements: permissions.statements.map(toStatementView) };
    case 'policies':
      return { type: 'policies', policyIds: [...permissions.policyIds] };
    case 'statements':
      return { type: 'statements', statements: permissions.statements.map(toStatementView) };
    case 'frozen': {
      const { source, policies } = permissions;
      return {
        type: 'frozen',
        source: source.type === 'policies' ? { ...source, policies: [...source.policies] } : source,
        policies: policies.map(toPolicyView),
        attributes: toAttributesView(permissions.attributes),
      };
    }
  }
};

export const toPolicyView = ({ id, name, statements }: Policy) => ({
  ...(id === undefined ? {} : { id }),
  name,
  statements: statements.map(toStatementView),
});

export const toStatementView = ({ effect, resourceType, id, description, ...lists }: Statement): StatementView => ({
  effect,
  ...(lists.actions && { actions: [...lists.actions] }),
  ...(lists.notActions && { notActions: [...lists.notActions] }),
  ...(lists.resources && { resources: [...lists.resources] }),
  ...(lists.notResources && { notResources: [...lists.notResources] }),
  ...(resourceType === undefined ? {} : { resourceType }),
  ...(id === undefined ? {} : { id }),
  ...(description === undefined ? {} : { description }),
});

export const toAttributesView = (attributes: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(attributes).map(([key, values]) => [key, [...values]]));

export const iso = (instant: Instant): string => new Date(instant).toISOString();

const isoOrNull = (instant: Instant | null): string | null => (instant === null ? null : iso(instant));
