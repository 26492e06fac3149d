import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';
import { TokenEntity } from './token-entity.ts';

const time = () => p.datetime().columnType('timestamptz(3)');

export const SecretEntity = defineEntity({
  name: 'Secret',
  tableName: 'secret',
  schema: 'latchkey',
  properties: {
    token: () =>
      p
        .manyToOne(TokenEntity)
        .primary()
        .fieldNames('organization_id', 'token_id')
        .foreignKeyName('secret_token')
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
    /** How long a superseded secret must have been silent for its grace period to end early. */
    cutWhenSilentMs: p.bigint().nullable(),
  },
  indexes: [
    // Secrets by age, for whoever asks for their rotation.
    {
      name: 'secret_to_rotate',
      expression:
        'create index secret_to_rotate on latchkey.secret (organization_id, created_at, token_id) where superseded_at is null and not spent',
    },
    // Grace periods by their end, for whoever warns of it.
    {
      name: 'secret_in_grace',
      expression:
        'create index secret_in_grace on latchkey.secret (organization_id, accepted_until, token_id) where superseded_at is not null and not spent',
    },
    // The sweep serves all organizations.
    {
      name: 'secret_to_cut',
      properties: ['acceptedUntil'],
      where: 'cut_when_silent_ms is not null and not spent',
    },
  ],
  checks: [
    { name: 'secret_number_from_one', expression: 'number >= 1' },
    { name: 'secret_digest_length', expression: 'octet_length(digest) = 32' },
    { name: 'secret_cut_when_silent_range', expression: 'cut_when_silent_ms > 0' },
    { name: 'secret_superseded_has_end', expression: '(superseded_at is null) = (accepted_until is null)' },
  ],
  triggers: [
    guard(
      'only_ends',
      [
        'old.spent and (not new.spent or new.digest <> old.digest)',
        'old.superseded_at is not null and (new.superseded_at is null or new.accepted_until > old.accepted_until)',
        'old.first_used_at is not null and new.first_used_at is distinct from old.first_used_at',
        'old.last_used_at is not null and (new.last_used_at is null or new.last_used_at < old.last_used_at)',
        'new.organization_id <> old.organization_id',
        'new.token_id <> old.token_id',
        'new.number <> old.number',
        'new.created_at <> old.created_at',
      ],
      'a spent secret stays spent, a grace period never grows, and no use is taken back',
    ),
  ],
});
