import { StoreMigration } from './store-migration.ts';

/** A message is finished when its job has done its work, not when the job was handed over: a Redis may forget it. */
export class OutboxDone extends StoreMigration {
  override up(): void {
    this.addSql(`alter table latchkey.outbox_message
        add column done_at timestamptz(3),
        add column revival int not null default 0,
        add column dead_because text,
        add column traceparent text`);
    this.addSql('update latchkey.outbox_message set done_at = relayed_at where relayed_at is not null');
    this.addSql('alter table latchkey.outbox_message drop constraint outbox_message_one_end');
    this.addSql(`alter table latchkey.outbox_message
        add constraint outbox_message_one_end check (done_at is null or dead_at is null)`);
    this.addSql(`alter table latchkey.outbox_message
        add constraint outbox_message_traceparent_format check (traceparent ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$')`);
    this.addSql('drop index latchkey.outbox_message_due');
    this.addSql('drop index latchkey.outbox_message_relayed');
    this.addSql(
      'create index outbox_message_due on latchkey.outbox_message (next_attempt_at) where done_at is null and dead_at is null',
    );
    this.addSql('create index outbox_message_done on latchkey.outbox_message (done_at) where done_at is not null');
  }

  override down(): void {
    this.addSql('drop index latchkey.outbox_message_done');
    this.addSql('drop index latchkey.outbox_message_due');
    this.addSql('alter table latchkey.outbox_message drop constraint outbox_message_traceparent_format');
    this.addSql('alter table latchkey.outbox_message drop constraint outbox_message_one_end');
    this.addSql('update latchkey.outbox_message set relayed_at = null where dead_at is not null');
    this.addSql(`alter table latchkey.outbox_message
        add constraint outbox_message_one_end check (relayed_at is null or dead_at is null)`);
    this.addSql(
      'create index outbox_message_due on latchkey.outbox_message (next_attempt_at) where relayed_at is null and dead_at is null',
    );
    this.addSql(
      'create index outbox_message_relayed on latchkey.outbox_message (relayed_at) where relayed_at is not null',
    );
    this.addSql(`alter table latchkey.outbox_message
        drop column traceparent, drop column dead_because, drop column revival, drop column done_at`);
  }
}
