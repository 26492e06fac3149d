import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';

const time = () => p.datetime().columnType('timestamptz(3)');

/** The installation's own credentials belong to no organization, so their keys begin with none. */
export const SystemCredentialEntity = defineEntity({
  name: 'SystemCredential',
  tableName: 'system_credential',
  schema: 'latchkey',
  properties: {
    credentialId: p.text().primary(),
    role: p.text(),
    name: p.text(),
    organizationIds: p.array().columnType('text[]').nullable(),
    createdAt: time(),
    revokedAt: time().nullable(),
    mark: p.bigint().default(0),
  },
  checks: [
    { name: 'system_credential_id_format', expression: "credential_id ~ '^000[0-9A-Za-z]{13}$'" },
    { name: 'system_credential_role', expression: "role in ('verifier', 'operator')" },
  ],
  triggers: [
    guard(
      'end_is_terminal',
      [
        'old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at',
        'new.credential_id <> old.credential_id',
        'new.role <> old.role',
        'new.created_at <> old.created_at',
        'new.mark <> old.mark',
      ],
      'a revoked credential stays revoked, and a credential keeps its id, role and mark',
    ),
  ],
});

export const SystemCredentialSecretEntity = defineEntity({
  name: 'SystemCredentialSecret',
  tableName: 'system_credential_secret',
  schema: 'latchkey',
  properties: {
    credential: () =>
      p
        .manyToOne(SystemCredentialEntity)
        .primary()
        .fieldName('credential_id')
        .foreignKeyName('system_credential_secret_credential')
        .updateRule('no action'),
    number: p.integer().primary().autoincrement(false),
    digest: p.blob(),
    spent: p.boolean().default(false),
    pepperId: p.text(),
    tagKeyId: p.text(),
    hint: p.text(),
    createdAt: time(),
    supersededAt: time().nullable(),
    acceptedUntil: time().nullable(),
    firstUsedAt: time().nullable(),
    lastUsedAt: time().nullable(),
    lastUsedAddress: p.text().nullable(),
    lastUsedClient: p.text().nullable(),
  },
  checks: [
    { name: 'system_credential_secret_number_from_one', expression: 'number >= 1' },
    { name: 'system_credential_secret_digest_length', expression: 'octet_length(digest) = 32' },
    {
      name: 'system_credential_secret_superseded_has_end',
      expression: '(superseded_at is null) = (accepted_until is null)',
    },
  ],
  triggers: [
    guard(
      'only_ends',
      [
        'old.spent and (not new.spent or new.digest <> old.digest)',
        'new.credential_id <> old.credential_id',
        'new.number <> old.number',
      ],
      'a spent secret stays spent',
    ),
  ],
});
