import { defineEntity, p } from '@mikro-orm/core';

const time = () => p.datetime().columnType('timestamptz(3)');

export const SessionEntity = defineEntity({
  name: 'Session',
  tableName: 'session',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    /** SHA-256 of the cookie. */
    digest: p.blob().primary(),
    memberId: p.text(),
    createdAt: time(),
    lastSeenAt: time(),
    expiresAt: time(),
  },
  indexes: [
    // A cookie doesn't say its organization; 256 random bits do without a unique index.
    { name: 'session_by_digest', properties: ['digest'] },
    { name: 'session_by_member', properties: ['organizationId', 'memberId'] },
    { name: 'session_by_expires_at', properties: ['expiresAt'] },
  ],
  checks: [{ name: 'session_digest_length', expression: 'octet_length(digest) = 32' }],
});

export const SignInLinkEntity = defineEntity({
  name: 'SignInLink',
  tableName: 'sign_in_link',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    /** SHA-256 of the link's secret. */
    digest: p.blob().primary(),
    memberId: p.text(),
    createdAt: time(),
    expiresAt: time(),
    usedAt: time().nullable(),
  },
  indexes: [
    { name: 'sign_in_link_by_digest', properties: ['digest'] },
    { name: 'sign_in_link_by_expires_at', properties: ['expiresAt'] },
  ],
  checks: [{ name: 'sign_in_link_digest_length', expression: 'octet_length(digest) = 32' }],
});
