import type { TokenView } from '@latchkey/contract';
import type { Say } from '../language/say.ts';
import { showInstant } from '../output/instant.ts';
import type { Column } from '../output/table.ts';

export const showKind = (kind: TokenView['kind'], say: Say): string => say(`kind.${kind}`);

export const showStatus = (status: TokenView['status'], say: Say): string => say(`status.${status}`);

export const showExpiry = (expiresAt: string | null, say: Say): string =>
  expiresAt === null ? say('neverExpires') : showInstant(expiresAt);

export const showLastUse = (lastUsedAt: string | null, say: Say): string =>
  lastUsedAt === null ? say('never') : showInstant(lastUsedAt);

const showIssuer = ({ issuer }: TokenView, say: Say): string =>
  issuer.removed ? say('removedIssuer', { name: issuer.name ?? issuer.id }) : (issuer.name ?? issuer.id);

/** What a token may do of its own, on one line. */
const showPermissions = ({ permissions }: TokenView, say: Say): string => {
  switch (permissions.type) {
    case 'inherit':
      return say(permissions.manageTokens ? 'permissions.inheritAndManage' : 'permissions.inherit');
    case 'ability':
      return say('permissions.ability', { ability: permissions.ability, project: permissions.project ?? '*' });
    case 'policies':
      return say('permissions.policies', { names: permissions.policyIds.join(', ') });
    case 'statements':
      return say('permissions.statements', { count: permissions.statements.length });
    case 'frozen':
      return say('permissions.frozen', { names: permissions.policies.map(({ name }) => name).join(', ') });
  }
};

export const tokenColumns = (say: Say): readonly Column<TokenView>[] => [
  { title: say('column.id'), value: ({ tokenId }) => tokenId },
  { title: say('column.name'), value: ({ name }) => name, flexible: true },
  { title: say('column.kind'), value: ({ kind }) => showKind(kind, say) },
  { title: say('column.status'), value: ({ status }) => showStatus(status, say) },
  { title: say('column.issuer'), value: (token) => showIssuer(token, say), flexible: true },
  { title: say('column.created'), value: ({ createdAt }) => showInstant(createdAt) },
  { title: say('column.lastUsed'), value: ({ lastUsedAt }) => showLastUse(lastUsedAt, say) },
  { title: say('column.expires'), value: ({ expiresAt }) => showExpiry(expiresAt, say) },
  { title: say('column.hint'), value: ({ hint }) => hint },
];

/** Everything that is known of one token, as names and values. */
export const tokenSheet = (token: TokenView, say: Say): (readonly [string, string])[] => [
  [say('column.id'), token.tokenId],
  [say('column.name'), token.name],
  [say('column.kind'), showKind(token.kind, say)],
  [say('column.status'), showStatus(token.status, say)],
  ...(token.description === null ? [] : [[say('column.description'), token.description] as const]),
  ...(token.project === null ? [] : [[say('column.project'), token.project] as const]),
  [say('column.issuer'), showIssuer(token, say)],
  ...(token.ownerId === null ? [] : [[say('column.owner'), token.ownerId] as const]),
  [say('column.permissions'), showPermissions(token, say)],
  ...(token.addressRanges.length === 0 ? [] : [[say('column.addresses'), token.addressRanges.join(', ')] as const]),
  [say('column.created'), showInstant(token.createdAt)],
  [say('column.expires'), showExpiry(token.expiresAt, say)],
  [say('column.lastUsed'), showLastUse(token.lastUsedAt, say)],
  ...token.secrets.map((secret) => [say('column.secret', { number: secret.number }), showSecret(secret, say)] as const),
];

/** A secret's life; of the secret itself only the hint is ever known here. */
const showSecret = ({ hint, acceptedUntil, lastUsedAt }: TokenView['secrets'][number], say: Say): string => {
  const lastUse = showLastUse(lastUsedAt, say);
  return acceptedUntil === null
    ? say('secret.newest', { hint, lastUse })
    : say('secret.superseded', { hint, lastUse, until: showInstant(acceptedUntil) });
};
