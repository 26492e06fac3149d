import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';
import { OrganizationEntity } from '../organizations/organization-entity.ts';

const time = () => p.datetime().columnType('timestamptz(3)');

// Two characters are a word where characters are no letters; `gramsOf` makes the same of what is looked for.
const NAME_IS_SEARCHED = `if tg_op = 'UPDATE' then if new.name_key = old.name_key then return null; end if; end if;
        insert into latchkey.token_name (organization_id, token_id, name_key, grams) values (new.organization_id, new.token_id, new.name_key, array(
          select distinct left(new.token_id, 3) || substr(new.name_key, i, n)
            from generate_series(1, char_length(new.name_key) - 1) i cross join (values (2), (3)) size (n)
           where i + n - 1 <= char_length(new.name_key) and (n = 3 or octet_length(substr(new.name_key, i, 2)) > 2)))
          on conflict (organization_id, token_id) do update set name_key = excluded.name_key, grams = excluded.grams; return null;`;

export const TokenEntity = defineEntity({
  name: 'Token',
  tableName: 'token',
  schema: 'latchkey',
  properties: {
    organization: () =>
      p
        .manyToOne(OrganizationEntity)
        .primary()
        .fieldName('organization_id')
        .foreignKeyName('token_organization')
        .updateRule('no action'),
    tokenId: p.text().primary(),
    kind: p.text(),
    name: p.text(),
    /** By which names are compared: `nameKey` of core. */
    nameKey: p.text(),
    description: p.text().nullable(),
    state: p.text(),
    ownerId: p.text().nullable(),
    issuerType: p.text(),
    issuerId: p.text(),
    parentTokenId: p.text().nullable(),
    project: p.text().nullable(),
    // `json`, not `jsonb`: the digests of a service token's secrets cover these very bytes, and jsonb reorders keys.
    permissions: p.json().columnType('json'),
    addressRanges: p.array().columnType('text[]'),
    createdAt: time(),
    expiresAt: time().nullable(),
    deactivatedAt: time().nullable(),
    deactivatedBecause: p.text().nullable(),
    revokedAt: time().nullable(),
    /** The latest of its secrets' last uses, kept here so that a list can be sorted by it. */
    lastUsedAt: time().nullable(),
    /** The latest recorded use of a secret that was not accepted any more. */
    lateUsedAt: time().nullable(),
    /** The expiry that the audit trail tells to have come. */
    recordedExpiry: time().nullable(),
    installationMark: p.bigint(),
    organizationMark: p.bigint(),
    ownerMark: p.bigint(),
    revision: p.integer().default(1),
  },
  uniques: [{ name: 'token_name_key', properties: ['organization', 'nameKey'], where: "state <> 'revoked'" }],
  indexes: [
    // Keyset pages, one for each way to sort; `name` sorts by its key.
    { name: 'token_by_created_at', properties: ['organization', 'createdAt', 'tokenId'] },
    { name: 'token_by_name', properties: ['organization', 'nameKey', 'tokenId'] },
    { name: 'token_by_expires_at', properties: ['organization', 'expiresAt', 'tokenId'] },
    { name: 'token_by_last_used_at', properties: ['organization', 'lastUsedAt', 'tokenId'] },
    { name: 'token_by_issuer', properties: ['organization', 'issuerId', 'createdAt', 'tokenId'] },
    // Mostly few of many: a walk by another order would look for them among all.
    { name: 'token_inactive', properties: ['organization', 'createdAt', 'tokenId'], where: "state = 'inactive'" },
    // Expiries that nobody has recorded yet.
    {
      name: 'token_to_expire',
      properties: ['organization', 'expiresAt'],
      where: "state <> 'revoked' and recorded_expiry is distinct from expires_at",
    },
    // Tombstones by age, and whether a token that was issued by one is still there.
    { name: 'token_to_purge', properties: ['organization', 'revokedAt'], where: "state = 'revoked'" },
    { name: 'token_by_parent', properties: ['organization', 'parentTokenId'], where: 'parent_token_id is not null' },
    // The cascade of a removal, and what a member sees of its own.
    { name: 'token_by_owner', properties: ['organization', 'ownerId', 'createdAt', 'tokenId'] },
  ],
  checks: [
    { name: 'token_id_format', expression: "token_id ~ '^[0-9A-Za-z]{16}$'" },
    { name: 'token_kind', expression: "kind in ('personal', 'service')" },
    { name: 'token_state', expression: "state in ('pending', 'active', 'inactive', 'revoked')" },
    { name: 'token_issuer_type', expression: "issuer_type in ('member', 'token')" },
    { name: 'token_name_length', expression: 'char_length(name) >= 1 and char_length(name) <= 128' },
    { name: 'token_owner_if_personal', expression: "(kind = 'personal') = (owner_id is not null)" },
    { name: 'token_owner_mark_if_personal', expression: "kind = 'personal' or owner_mark = 0" },
    {
      name: 'token_frozen_if_service',
      expression: "(kind = 'service') = (permissions ->> 'type' = 'frozen') and permissions ->> 'type' is not null",
    },
    { name: 'token_revoked_has_time', expression: "(state = 'revoked') = (revoked_at is not null)" },
    {
      name: 'token_deactivated_because',
      expression:
        "deactivated_because in ('asked', 'owner_removed', 'late_use', 'idle') and deactivated_at is not null or deactivated_because is null and deactivated_at is null",
    },
    { name: 'token_inactive_has_cause', expression: "state <> 'inactive' or deactivated_because is not null" },
  ],
  triggers: [
    {
      name: 'name_is_searched',
      timing: 'after',
      events: ['insert', 'update'],
      body: NAME_IS_SEARCHED,
    },
    // A token that its id doesn't lead to could never be looked up.
    guard(
      'id_leads_to_it',
      [
        'left(new.token_id, 3) is distinct from (select routing_key from latchkey.organization where organization_id = new.organization_id)',
      ],
      'the id of a token begins with the routing key of its organization',
      'insert',
    ),
    // DUMP-MINTS-NOTHING: the digests are bound to most of these; the rest of what was fixed at issue is held here.
    guard(
      'is_itself',
      [
        'new.organization_id <> old.organization_id',
        'new.token_id <> old.token_id',
        'new.kind <> old.kind',
        'new.owner_id is distinct from old.owner_id',
        'new.issuer_type <> old.issuer_type',
        'new.issuer_id <> old.issuer_id',
        'new.parent_token_id is distinct from old.parent_token_id',
        'new.created_at <> old.created_at',
        'new.installation_mark <> old.installation_mark',
        'new.organization_mark <> old.organization_mark',
        'new.owner_mark <> old.owner_mark',
      ],
      'what was fixed when a token was issued never changes',
    ),
    guard(
      'service_is_frozen',
      ["old.kind = 'service' and new.permissions::text <> old.permissions::text"],
      'the permissions of a service token never change',
    ),
    guard(
      'end_is_terminal',
      [
        "old.state = 'revoked' and (new.state <> 'revoked' or new.revoked_at <> old.revoked_at)",
        "old.state <> 'pending' and new.state = 'pending'",
        "old.deactivated_because = 'owner_removed' and (new.deactivated_because is distinct from 'owner_removed' or new.state not in ('inactive', 'revoked'))",
      ],
      'a revoked token stays revoked, and one whose owner was removed stays inactive',
    ),
  ],
});
