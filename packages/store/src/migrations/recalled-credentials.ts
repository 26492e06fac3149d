import { StoreMigration } from './store-migration.ts';

/** A mark for the installation's own credentials; those that there are belong to the present one. */
export class RecalledCredentials extends StoreMigration {
  override up(): void {
    this.addSql(`alter table latchkey.installation add column credential_mark bigint not null default '0'`);
    this.addSql(`create or replace function latchkey.installation_mark_only_grows_fn() returns trigger as $$ begin
        if new.mark < old.mark
          or new.credential_mark < old.credential_mark
        then raise exception 'a mark only grows' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`alter table latchkey.system_credential add column mark bigint not null default '0'`);
    this.addSql(`create or replace function latchkey.system_credential_end_is_terminal_fn() returns trigger as $$ begin
        if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at
          or new.credential_id <> old.credential_id
          or new.role <> old.role
          or new.created_at <> old.created_at
          or new.mark <> old.mark
        then raise exception 'a revoked credential stays revoked, and a credential keeps its id, role and mark' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
  }

  override down(): void {
    this.addSql(`create or replace function latchkey.system_credential_end_is_terminal_fn() returns trigger as $$ begin
        if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at
          or new.credential_id <> old.credential_id
          or new.role <> old.role
          or new.created_at <> old.created_at
        then raise exception 'a revoked credential stays revoked, and a credential keeps its id and role' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql('alter table latchkey.system_credential drop column mark');
    this.addSql(`create or replace function latchkey.installation_mark_only_grows_fn() returns trigger as $$ begin
        if new.mark < old.mark
        then raise exception 'a mark only grows' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql('alter table latchkey.installation drop column credential_mark');
  }
}
