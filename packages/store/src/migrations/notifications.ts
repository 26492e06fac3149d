import { StoreMigration } from './store-migration.ts';

/** What each member was told, and reminders of grace periods that end while the older secret is still in use. */
export class Notifications extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.notification (
        organization_id text not null,
        member_id text not null,
        notification_id text not null,
        kind text not null,
        token_id text,
        content jsonb not null,
        created_at timestamptz(3) not null,
        read_at timestamptz(3),
        mailed_at timestamptz(3),
        primary key (organization_id, member_id, notification_id)
      )`);
    this.addSql(
      'create index notification_of_member on latchkey.notification (organization_id, member_id, created_at, notification_id)',
    );
    this.addSql(
      'create index notification_unread on latchkey.notification (organization_id, member_id) where read_at is null',
    );
    this.addSql('create index notification_by_created_at on latchkey.notification (organization_id, created_at)');
    this.addSql(`alter table latchkey.notification
        add constraint notification_kind_format check (kind ~ '^[a-z]+(_[a-z]+)*$')`);
    this.addSql(`alter table latchkey.notification
        add constraint notification_content_object check (jsonb_typeof(content) = 'object')`);
    this.addSql('alter table latchkey.reminder drop constraint reminder_kind');
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_kind check (kind in ('expiry', 'rotation', 'idle', 'grace'))`);
    this.addSql('alter table latchkey.reminder drop constraint reminder_channel');
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_channel check (channel in ('console', 'mail', 'webhook', 'endpoint'))`);
    this.addSql(
      `create index secret_in_grace on latchkey.secret (organization_id, accepted_until, token_id) where superseded_at is not null and not spent`,
    );
  }

  override down(): void {
    this.addSql('drop index latchkey.secret_in_grace');
    this.addSql(`delete from latchkey.reminder where kind = 'grace' or channel = 'endpoint'`);
    this.addSql('alter table latchkey.reminder drop constraint reminder_channel');
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_channel check (channel in ('console', 'mail', 'webhook'))`);
    this.addSql('alter table latchkey.reminder drop constraint reminder_kind');
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_kind check (kind in ('expiry', 'rotation', 'idle'))`);
    this.addSql('drop table latchkey.notification');
  }
}
