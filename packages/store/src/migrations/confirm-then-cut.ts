import { StoreMigration } from './store-migration.ts';

/** Grace periods that end early once the old secret is silent, and what the use of a secret that was cut leaves. */
export class ConfirmThenCut extends StoreMigration {
  override up(): void {
    this.addSql('alter table latchkey.secret add column cut_when_silent_ms bigint');
    this.addSql(`alter table latchkey.secret
        add constraint secret_cut_when_silent_range check (cut_when_silent_ms > 0)`);
    this.addSql(
      `create index secret_to_cut on latchkey.secret (accepted_until) where cut_when_silent_ms is not null and not spent`,
    );
    this.addSql('alter table latchkey.token add column late_used_at timestamptz(3)');
    this.addSql('alter table latchkey.token drop constraint token_deactivated_because');
    this.addSql(`alter table latchkey.token
        add constraint token_deactivated_because check (deactivated_because in ('asked', 'owner_removed', 'late_use', 'idle') and deactivated_at is not null or deactivated_because is null and deactivated_at is null)`);
  }

  override down(): void {
    this.addSql(
      `update latchkey.token set deactivated_because = 'asked' where deactivated_because in ('late_use', 'idle')`,
    );
    this.addSql('alter table latchkey.token drop constraint token_deactivated_because');
    this.addSql(`alter table latchkey.token
        add constraint token_deactivated_because check (deactivated_because in ('asked', 'owner_removed') and deactivated_at is not null or deactivated_because is null and deactivated_at is null)`);
    this.addSql('alter table latchkey.token drop column late_used_at');
    this.addSql('drop index latchkey.secret_to_cut');
    this.addSql('alter table latchkey.secret drop column cut_when_silent_ms');
  }
}
