import type { TokenView } from '@latchkey/contract';

const secret = {
  number: 1,
  hint: 'wXyZ',
  createdAt: '2027-01-01T00:00:00.000Z',
  supersededAt: null,
  acceptedUntil: null,
  firstUsedAt: null,
  lastUsedAt: '2027-01-02T03:04:05.000Z',
  lastUsedAddress: '192.0.2.1',
  lastUsedClient: 'deploy/1.0',
  cutWhenSilentMs: null,
} as const;

export const TOKEN_ID = '3fK0aZ81bQ7rTx2m';

/** A token as the API shows it. */
export const tokenView = (different: Partial<TokenView> = {}): TokenView => ({
  tokenId: TOKEN_ID,
  kind: 'personal',
  name: 'deploy',
  description: null,
  status: 'active',
  ownerId: 'dana',
  issuer: { type: 'member', id: 'dana', name: 'Dana', removed: false },
  parentTokenId: null,
  project: null,
  permissions: { type: 'inherit', manageTokens: false },
  addressRanges: [],
  createdAt: '2027-01-01T00:00:00.000Z',
  expiresAt: null,
  deactivatedAt: null,
  deactivatedBecause: null,
  revokedAt: null,
  lastUsedAt: '2027-01-02T03:04:05.000Z',
  hint: 'wXyZ',
  secrets: [secret],
  revision: 1,
  ...different,
});

/** The same after a rotation: two secrets, the older one in its grace period. */
export const rotatedView = (): TokenView =>
  tokenView({
    hint: 'nEw1',
    secrets: [
      { ...secret, number: 2, hint: 'nEw1', lastUsedAt: null },
      { ...secret, supersededAt: '2027-01-03T00:00:00.000Z', acceptedUntil: '2027-01-04T00:00:00.000Z' },
    ],
  });

export const whoamiView = (token: TokenView = tokenView()) => ({
  type: 'token',
  organization: { id: 'acme', name: 'Acme' },
  member: { id: 'dana', name: 'Dana', email: 'dana@acme.example', locale: 'en' },
  token,
});
