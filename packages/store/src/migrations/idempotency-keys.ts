import { StoreMigration } from './store-migration.ts';

/** Keys by which lost answers are asked for again. */
export class IdempotencyKeysOfActors extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.idempotency_key (
        organization_id text not null,
        actor_type text not null,
        actor_id text not null,
        procedure text not null,
        key text not null,
        digest bytea not null,
        kept jsonb not null,
        created_at timestamptz(3) not null,
        primary key (organization_id, actor_type, actor_id, procedure, key)
      )`);
    this.addSql('create index idempotency_key_by_created_at on latchkey.idempotency_key (created_at)');
    this.addSql(`alter table latchkey.idempotency_key
        add constraint idempotency_key_actor_type check (actor_type in ('member', 'token'))`);
    this.addSql(`alter table latchkey.idempotency_key
        add constraint idempotency_key_length check (char_length(key) >= 1 and char_length(key) <= 128)`);
    this.addSql(`alter table latchkey.idempotency_key
        add constraint idempotency_key_digest_length check (octet_length(digest) = 32)`);
  }

  override down(): void {
    this.addSql('drop table latchkey.idempotency_key');
  }
}
