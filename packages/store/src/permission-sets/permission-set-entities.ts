import { defineEntity, p } from '@mikro-orm/core';

const digest = () => p.blob();
const checks = (table: string) => [{ name: `${table}_digest_length`, expression: 'octet_length(digest) = 32' }];

/** The text of a policy, under the SHA-256 of it. */
export const KeptPolicyEntity = defineEntity({
  name: 'KeptPolicy',
  tableName: 'kept_policy',
  schema: 'latchkey',
  properties: { organizationId: p.text().primary(), digest: digest().primary(), content: p.text() },
  checks: checks('kept_policy'),
});

/** A dialect and the digests of policies in their order, under the SHA-256 of that. */
export const PermissionSetEntity = defineEntity({
  name: 'PermissionSet',
  tableName: 'permission_set',
  schema: 'latchkey',
  properties: { organizationId: p.text().primary(), digest: digest().primary(), content: p.text() },
  checks: checks('permission_set'),
});

/** Which set a member or a policy had from an instant on. */
export const KeptPermissionsEntity = defineEntity({
  name: 'KeptPermissions',
  tableName: 'kept_permissions',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    subject: p.text().primary(),
    subjectId: p.text().primary(),
    revision: p.bigint().primary(),
    fromAt: p.datetime().columnType('timestamptz(3)'),
    /** Null from a removal on. */
    digest: digest().nullable(),
    attributes: p.json().columnType('jsonb'),
  },
  checks: [
    { name: 'kept_permissions_subject', expression: "subject in ('member', 'policy')" },
    { name: 'kept_permissions_digest_length', expression: 'octet_length(digest) = 32' },
  ],
});
