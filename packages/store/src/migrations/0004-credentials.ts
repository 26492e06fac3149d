import { StoreMigration } from './store-migration.ts';

/** The installation's credentials, sessions and sign-in links. */
export class Credentials extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.system_credential (
        credential_id text not null,
        role text not null,
        name text not null,
        organization_ids text[],
        created_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        primary key (credential_id)
      )`);
    this.addSql(`alter table latchkey.system_credential
        add constraint system_credential_id_format check (credential_id ~ '^000[0-9A-Za-z]{13}$')`);
    this.addSql(`alter table latchkey.system_credential
        add constraint system_credential_role check (role in ('verifier', 'operator'))`);
    this.addSql(`create function latchkey.system_credential_end_is_terminal_fn() returns trigger as $$ begin
        if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at
          or new.credential_id <> old.credential_id
          or new.role <> old.role
          or new.created_at <> old.created_at
        then raise exception 'a revoked credential stays revoked, and a credential keeps its id and role' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger end_is_terminal before update on latchkey.system_credential
        for each row execute function latchkey.system_credential_end_is_terminal_fn()`);
    this.addSql(`create table latchkey.system_credential_secret (
        credential_id text not null,
        number int not null,
        digest bytea not null,
        spent boolean not null default false,
        pepper_id text not null,
        tag_key_id text not null,
        hint text not null,
        created_at timestamptz(3) not null,
        superseded_at timestamptz(3),
        accepted_until timestamptz(3),
        first_used_at timestamptz(3),
        last_used_at timestamptz(3),
        primary key (credential_id, number)
      )`);
    this.addSql(`alter table latchkey.system_credential_secret
        add constraint system_credential_secret_number_from_one check (number >= 1)`);
    this.addSql(`alter table latchkey.system_credential_secret
        add constraint system_credential_secret_digest_length check (octet_length(digest) = 32)`);
    this.addSql(`alter table latchkey.system_credential_secret
        add constraint system_credential_secret_superseded_has_end check ((superseded_at is null) = (accepted_until is null))`);
    this.addSql(`create function latchkey.system_credential_secret_only_ends_fn() returns trigger as $$ begin
        if old.spent and (not new.spent or new.digest <> old.digest)
          or new.credential_id <> old.credential_id
          or new.number <> old.number
        then raise exception 'a spent secret stays spent' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger only_ends before update on latchkey.system_credential_secret
        for each row execute function latchkey.system_credential_secret_only_ends_fn()`);
    this.addSql(`create table latchkey.session (
        organization_id text not null,
        digest bytea not null,
        member_id text not null,
        created_at timestamptz(3) not null,
        last_seen_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        primary key (organization_id, digest)
      )`);
    this.addSql(`create index session_by_digest on latchkey.session (digest)`);
    this.addSql(`create index session_by_member on latchkey.session (organization_id, member_id)`);
    this.addSql(`create index session_by_expires_at on latchkey.session (expires_at)`);
    this.addSql(`alter table latchkey.session
        add constraint session_digest_length check (octet_length(digest) = 32)`);
    this.addSql(`create table latchkey.sign_in_link (
        organization_id text not null,
        digest bytea not null,
        member_id text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3),
        primary key (organization_id, digest)
      )`);
    this.addSql(`create index sign_in_link_by_digest on latchkey.sign_in_link (digest)`);
    this.addSql(`create index sign_in_link_by_expires_at on latchkey.sign_in_link (expires_at)`);
    this.addSql(`alter table latchkey.sign_in_link
        add constraint sign_in_link_digest_length check (octet_length(digest) = 32)`);
    this.addSql(`alter table latchkey.system_credential_secret
        add constraint system_credential_secret_credential foreign key (credential_id) references latchkey.system_credential (credential_id) on update no action`);
  }

  override down(): void {
    this.addSql('drop table latchkey.sign_in_link');
    this.addSql('drop table latchkey.session');
    this.addSql('drop table latchkey.system_credential_secret');
    this.addSql('drop table latchkey.system_credential');
    this.addSql('drop function latchkey.system_credential_end_is_terminal_fn');
    this.addSql('drop function latchkey.system_credential_secret_only_ends_fn');
  }
}
