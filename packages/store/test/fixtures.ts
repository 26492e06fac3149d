import { randomBytes } from 'node:crypto';
import type { FrozenPermissions } from '@latchkey/core';
import { nameKey } from '@latchkey/core/lifecycle';
import type { NewSecret, NewToken, OpenStore, TokenWithSecrets } from '../src/index.ts';

export const T0 = Date.parse('2026-03-01T12:00:00.123Z');
export const HOUR = 3_600_000;

export const ROUTING_KEY = 'aB3';

export const addOrganization = (store: OpenStore, organizationId = 'acme', routingKey = ROUTING_KEY) =>
  store.unitOfWork.run((tx) =>
    store.organizations.insert(tx, { organizationId, name: organizationId, routingKey, createdAt: T0 }),
  );

export const newTokenId = (routingKey = ROUTING_KEY) => routingKey + randomBytes(7).toString('hex').slice(0, 13);

export const frozen: FrozenPermissions = {
  type: 'frozen',
  dialect: 'featbit',
  source: { type: 'statements' },
  policies: [
    {
      name: 'own',
      statements: [{ effect: 'allow', actions: ['ToggleFlag'], resources: ['project/shop:env/prod:flag/*'] }],
    },
  ],
  attributes: { region: ['eu', 'us'] },
};

export const newToken = (given: Partial<NewToken> = {}): NewToken => {
  const kind = given.kind ?? 'personal';
  const tokenId = given.tokenId ?? newTokenId();
  return {
    organizationId: 'acme',
    tokenId,
    kind,
    name: `Token ${tokenId}`,
    description: null,
    state: 'active',
    ownerId: kind === 'personal' ? 'ada' : null,
    issuer: { type: 'member', id: 'ada' },
    parentTokenId: null,
    project: null,
    permissions: kind === 'personal' ? { type: 'inherit', manageTokens: false } : frozen,
    addressRanges: [],
    createdAt: T0,
    expiresAt: null,
    marks: { installation: 0, organization: 0, owner: 0 },
    ...given,
  };
};

export const newSecret = (given: Partial<NewSecret> = {}): NewSecret => ({
  number: 1,
  digest: randomBytes(32),
  pepperId: 'pepper-1',
  tagKeyId: 'tag-1',
  hint: 'x7Qz',
  createdAt: T0,
  ...given,
});

export const addToken = (
  store: OpenStore,
  given: Partial<NewToken> = {},
  secret: Partial<NewSecret> = {},
): Promise<TokenWithSecrets> => {
  const token = newToken(given);
  return store.unitOfWork.run((tx) => store.tokens.insert(tx, token, nameKey(token.name), newSecret(secret)));
};
