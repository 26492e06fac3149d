import { StoreMigration } from './store-migration.ts';

/** The installation, organizations and the gates of owners. */
export class Organizations extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.installation (
        id smallint not null,
        mark bigint not null default '0',
        primary key (id)
      )`);
    this.addSql(`alter table latchkey.installation
        add constraint installation_is_one_row check (id = 1)`);
    this.addSql(`create function latchkey.installation_mark_only_grows_fn() returns trigger as $$ begin
        if new.mark < old.mark
        then raise exception 'a mark only grows' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger mark_only_grows before update on latchkey.installation
        for each row execute function latchkey.installation_mark_only_grows_fn()`);
    this.addSql('insert into latchkey.installation (id) values (1)');
    // INCARNATION: unlogged, so that a crash or a promotion empties it.
    this.addSql(`create unlogged table latchkey.incarnation (
        id smallint not null,
        incarnation uuid not null,
        primary key (id)
      )`);
    this.addSql(`alter table latchkey.incarnation
        add constraint incarnation_is_one_row check (id = 1)`);
    this.addSql(`create table latchkey.organization (
        organization_id text not null,
        name text not null,
        routing_key text not null,
        mark bigint not null default '0',
        max_grace_ms bigint not null,
        created_at timestamptz(3) not null,
        primary key (organization_id)
      )`);
    this.addSql(`create index organization_routing_key on latchkey.organization (routing_key)`);
    this.addSql(`alter table latchkey.organization
        add constraint organization_routing_key_format check (routing_key ~ '^[0-9A-Za-z]{3}$')`);
    this.addSql(`alter table latchkey.organization
        add constraint organization_routing_key_is_its_own check (routing_key <> '000')`);
    this.addSql(`alter table latchkey.organization
        add constraint organization_max_grace_ms_range check (max_grace_ms >= 0)`);
    this.addSql(`create function latchkey.organization_is_itself_fn() returns trigger as $$ begin
        if new.mark < old.mark
          or new.organization_id <> old.organization_id
          or new.routing_key <> old.routing_key
        then raise exception 'an organization keeps its id and routing key, and its mark only grows' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger is_itself before update on latchkey.organization
        for each row execute function latchkey.organization_is_itself_fn()`);
    this.addSql(`create table latchkey.owner_gate (
        organization_id text not null,
        member_id text not null,
        closed_at timestamptz(3),
        mark bigint not null default '0',
        primary key (organization_id, member_id)
      )`);
    this.addSql(`create function latchkey.owner_gate_only_grows_fn() returns trigger as $$ begin
        if new.mark < old.mark
          or old.closed_at is not null and new.closed_at is null and new.mark = old.mark
          or new.organization_id <> old.organization_id
          or new.member_id <> old.member_id
        then raise exception 'a gate belongs to one membership, its mark only grows, and it opens again under a greater one only' using errcode = 'check_violation'; end if;
        return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger only_grows before update on latchkey.owner_gate
        for each row execute function latchkey.owner_gate_only_grows_fn()`);
  }

  override down(): void {
    this.addSql('drop table latchkey.owner_gate');
    this.addSql('drop table latchkey.organization');
    this.addSql('drop table latchkey.incarnation');
    this.addSql('drop table latchkey.installation');
    this.addSql('drop function latchkey.installation_mark_only_grows_fn');
    this.addSql('drop function latchkey.organization_is_itself_fn');
    this.addSql('drop function latchkey.owner_gate_only_grows_fn');
  }
}
