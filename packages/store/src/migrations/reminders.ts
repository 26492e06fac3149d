import { StoreMigration } from './store-migration.ts';

/** What somebody was reminded of, the expiries that the audit trail tells of, and how both are found. */
export class Reminders extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.reminder (
        organization_id text not null,
        token_id text not null,
        kind text not null,
        anchor timestamptz(3) not null,
        threshold_days int not null,
        channel text not null,
        created_at timestamptz(3) not null,
        claimed_at timestamptz(3),
        settled_at timestamptz(3),
        settled_as text,
        primary key (organization_id, token_id, kind, anchor, threshold_days, channel)
      )`);
    this.addSql('create index reminder_by_created_at on latchkey.reminder (organization_id, created_at)');
    this.addSql(
      'create index reminder_unsettled on latchkey.reminder (organization_id, created_at) where settled_at is null',
    );
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_kind check (kind in ('expiry', 'rotation', 'idle'))`);
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_channel check (channel in ('console', 'mail', 'webhook'))`);
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_settled_as check (settled_as in ('sent', 'pointless', 'refused'))`);
    this.addSql(`alter table latchkey.reminder
        add constraint reminder_settled_once check ((settled_at is null) = (settled_as is null))`);
    this.addSql('alter table latchkey.token add column recorded_expiry timestamptz(3)');
    this.addSql(
      `create index token_to_expire on latchkey.token (organization_id, expires_at) where state <> 'revoked' and recorded_expiry is distinct from expires_at`,
    );
    this.addSql(
      `create index secret_to_rotate on latchkey.secret (organization_id, created_at, token_id) where superseded_at is null and not spent`,
    );
  }

  override down(): void {
    this.addSql('drop index latchkey.secret_to_rotate');
    this.addSql('drop index latchkey.token_to_expire');
    this.addSql('alter table latchkey.token drop column recorded_expiry');
    this.addSql('drop table latchkey.reminder');
  }
}
