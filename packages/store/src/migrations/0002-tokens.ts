import { StoreMigration } from './store-migration.ts';

/** Tokens and their secrets. */
export class Tokens extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.token (
        organization_id text not null,
        token_id text not null,
        kind text not null,
        name text not null,
        name_key text not null,
        description text,
        state text not null,
        owner_id text,
        issuer_type text not null,
        issuer_id text not null,
        parent_token_id text,
        project text,
        permissions json not null,
        address_ranges text[] not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        deactivated_at timestamptz(3),
        deactivated_because text,
        revoked_at timestamptz(3),
        last_used_at timestamptz(3),
        installation_mark bigint not null,
        organization_mark bigint not null,
        owner_mark bigint not null,
        revision int not null default 1,
        primary key (organization_id, token_id)
      )`);
    this.addSql(`create index token_by_created_at on latchkey.token (organization_id, created_at, token_id)`);
    this.addSql(`create index token_by_name on latchkey.token (organization_id, name_key, token_id)`);
    this.addSql(`create index token_by_expires_at on latchkey.token (organization_id, expires_at, token_id)`);
    this.addSql(`create index token_by_last_used_at on latchkey.token (organization_id, last_used_at, token_id)`);
    this.addSql(`create index token_by_owner on latchkey.token (organization_id, owner_id, created_at, token_id)`);
    this.addSql(
      `create unique index token_name_key on latchkey.token (organization_id, name_key) where state <> 'revoked'`,
    );
    this.addSql(`alter table latchkey.token
        add constraint token_id_format check (token_id ~ '^[0-9A-Za-z]{16}$')`);
    this.addSql(`alter table latchkey.token
        add constraint token_kind check (kind in ('personal', 'service'))`);
    this.addSql(`alter table latchkey.token
        add constraint token_state check (state in ('pending', 'active', 'inactive', 'revoked'))`);
    this.addSql(`alter table latchkey.token
        add constraint token_issuer_type check (issuer_type in ('member', 'token'))`);
    this.addSql(`alter table latchkey.token
        add constraint token_name_length check (char_length(name) >= 1 and char_length(name) <= 128)`);
    this.addSql(`alter table latchkey.token
        add constraint token_owner_if_personal check ((kind = 'personal') = (owner_id is not null))`);
    this.addSql(`alter table latchkey.token
        add constraint token_owner_mark_if_personal check (kind = 'personal' or owner_mark = 0)`);
    this.addSql(`alter table latchkey.token
        add constraint token_frozen_if_service check ((kind = 'service') = (permissions ->> 'type' = 'frozen') and permissions ->> 'type' is not null)`);
    this.addSql(`alter table latchkey.token
        add constraint token_revoked_has_time check ((state = 'revoked') = (revoked_at is not null))`);
    this.addSql(`alter table latchkey.token
        add constraint token_deactivated_because check (deactivated_because in ('asked', 'owner_removed') and deactivated_at is not null or deactivated_because is null and deactivated_at is null)`);
    this.addSql(`alter table latchkey.token
        add constraint token_inactive_has_cause check (state <> 'inactive' or deactivated_because is not null)`);
    this.addSql(`create function latchkey.token_id_leads_to_it_fn() returns trigger as $$ begin
        if left(new.token_id, 3) is distinct from (select routing_key from latchkey.organization where organization_id = new.organization_id)
        then raise exception 'the id of a token begins with the routing key of its organization' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger id_leads_to_it before insert on latchkey.token
        for each row execute function latchkey.token_id_leads_to_it_fn()`);
    this.addSql(`create function latchkey.token_is_itself_fn() returns trigger as $$ begin
        if new.organization_id <> old.organization_id
          or new.token_id <> old.token_id
          or new.kind <> old.kind
          or new.owner_id is distinct from old.owner_id
          or new.issuer_type <> old.issuer_type
          or new.issuer_id <> old.issuer_id
          or new.parent_token_id is distinct from old.parent_token_id
          or new.created_at <> old.created_at
          or new.installation_mark <> old.installation_mark
          or new.organization_mark <> old.organization_mark
          or new.owner_mark <> old.owner_mark
        then raise exception 'what was fixed when a token was issued never changes' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger is_itself before update on latchkey.token
        for each row execute function latchkey.token_is_itself_fn()`);
    this.addSql(`create function latchkey.token_service_is_frozen_fn() returns trigger as $$ begin
        if old.kind = 'service' and new.permissions::text <> old.permissions::text
        then raise exception 'the permissions of a service token never change' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger service_is_frozen before update on latchkey.token
        for each row execute function latchkey.token_service_is_frozen_fn()`);
    this.addSql(`create function latchkey.token_end_is_terminal_fn() returns trigger as $$ begin
        if old.state = 'revoked' and (new.state <> 'revoked' or new.revoked_at <> old.revoked_at)
          or old.state <> 'pending' and new.state = 'pending'
          or old.deactivated_because = 'owner_removed' and (new.deactivated_because is distinct from 'owner_removed' or new.state not in ('inactive', 'revoked'))
        then raise exception 'a revoked token stays revoked, and one whose owner was removed stays inactive' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger end_is_terminal before update on latchkey.token
        for each row execute function latchkey.token_end_is_terminal_fn()`);
    this.addSql(`create table latchkey.secret (
        organization_id text not null,
        token_id text not null,
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
        primary key (organization_id, token_id, number)
      )`);
    this.addSql(`alter table latchkey.secret
        add constraint secret_number_from_one check (number >= 1)`);
    this.addSql(`alter table latchkey.secret
        add constraint secret_digest_length check (octet_length(digest) = 32)`);
    this.addSql(`alter table latchkey.secret
        add constraint secret_superseded_has_end check ((superseded_at is null) = (accepted_until is null))`);
    this.addSql(`create function latchkey.secret_only_ends_fn() returns trigger as $$ begin
        if old.spent and (not new.spent or new.digest <> old.digest)
          or old.superseded_at is not null and (new.superseded_at is null or new.accepted_until > old.accepted_until)
          or old.first_used_at is not null and new.first_used_at is distinct from old.first_used_at
          or old.last_used_at is not null and (new.last_used_at is null or new.last_used_at < old.last_used_at)
          or new.organization_id <> old.organization_id
          or new.token_id <> old.token_id
          or new.number <> old.number
          or new.created_at <> old.created_at
        then raise exception 'a spent secret stays spent, a grace period never grows, and no use is taken back' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger only_ends before update on latchkey.secret
        for each row execute function latchkey.secret_only_ends_fn()`);
    this.addSql(`alter table latchkey.token
        add constraint token_organization foreign key (organization_id) references latchkey.organization (organization_id) on update no action`);
    this.addSql(`alter table latchkey.secret
        add constraint secret_token foreign key (organization_id, token_id) references latchkey.token (organization_id, token_id) on update no action`);
  }

  override down(): void {
    this.addSql('drop table latchkey.secret');
    this.addSql('drop table latchkey.token');
    this.addSql('drop function latchkey.token_id_leads_to_it_fn');
    this.addSql('drop function latchkey.token_is_itself_fn');
    this.addSql('drop function latchkey.token_service_is_frozen_fn');
    this.addSql('drop function latchkey.token_end_is_terminal_fn');
    this.addSql('drop function latchkey.secret_only_ends_fn');
  }
}
