import { StoreMigration } from './store-migration.ts';

/**
 * Audit events and their seals in partitions, one for each month of sealing, so that a month can go as a whole. What has no
 * seal yet waits in a partition of its own, which stays small: an event is written there, and moved by its sealer.
 */
export class AuditPartitions extends StoreMigration {
  override up(): void {
    this.putAside();
    this.addSql('drop trigger waits_for_its_seal on latchkey_before.audit_event');
    this.addSql(`create table latchkey.audit_event (
        ${EVENT_COLUMNS},
        sealed_month date not null default 'infinity'
      ) partition by list (sealed_month)`);
    this.addSql(`create table latchkey.audit_seal (
        ${SEAL_COLUMNS},
        sealed_month date not null
      ) partition by list (sealed_month)`);
    this.addSql(`create table latchkey.audit_event_unsealed partition of latchkey.audit_event for values in ('infinity')
        with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`);
    this.addSql(MAKE);
    this.addSql('revoke all on function latchkey.make_audit_partition(date) from public');
    this.addSql(`do $$ begin
        perform latchkey.make_audit_partition(m::date)
           from generate_series(
             date_trunc('month', least(now(), (select min(sealed_at) from latchkey_before.audit_seal)) at time zone 'UTC'),
             greatest(now(), (select max(sealed_at) from latchkey_before.audit_seal)) at time zone 'UTC' + interval '3 months',
             interval '1 month') as m;
      end $$`);
    this.addSql(`insert into latchkey.audit_seal
        select s.*, date_trunc('month', s.sealed_at at time zone 'UTC')::date from latchkey_before.audit_seal s`);
    // What has neither a seal nor a place on the queue stays where it is found: among those that were never sealed.
    this.addSql(`insert into latchkey.audit_event (${NAMES}, sealed_month)
        select ${NAMES.replaceAll(/\w+/g, 'e.$&')}, coalesce(s.sealed_month, 'infinity')
          from latchkey_before.audit_event e
          left join latchkey.audit_seal s on s.organization_id = e.organization_id and s.at = e.at and s.event_id = e.event_id`);
    this.addSql('drop schema latchkey_before cascade');
    keysAndIndexes(', sealed_month').forEach((statement) => void this.addSql(statement));
    this.addSql(`alter table latchkey.audit_seal
        add constraint audit_seal_month check (sealed_month = date_trunc('month', sealed_at at time zone 'UTC')::date)`);
    this.addSql(`create or replace function latchkey.audit_event_waits_for_its_seal_fn() returns trigger as $$ begin
        if new.sealed_month = 'infinity' then insert into latchkey.audit_unsealed (organization_id, at, event_id) values (new.organization_id, new.at, new.event_id); end if; return null;
      end; $$ language plpgsql`);
    this.addSql(WAITS);
    this.addSql(`create function latchkey.audit_event_sealed_once_fn() returns trigger as $$ begin
        if new.sealed_month <> old.sealed_month and old.sealed_month <> 'infinity' then raise exception 'an event is sealed once' using errcode = 'check_violation'; end if; return new;
      end; $$ language plpgsql`);
    this.addSql(`create trigger sealed_once before update on latchkey.audit_event
        for each row execute function latchkey.audit_event_sealed_once_fn()`);
  }

  override down(): void {
    this.putAside();
    this.addSql(`create table latchkey.audit_event (${EVENT_COLUMNS})`);
    this.addSql(`create table latchkey.audit_seal (${SEAL_COLUMNS})`);
    this.addSql(`insert into latchkey.audit_event (${NAMES}) select ${NAMES} from latchkey_before.audit_event`);
    this.addSql(`insert into latchkey.audit_seal (${SEAL_NAMES}) select ${SEAL_NAMES} from latchkey_before.audit_seal`);
    // The months go with their tables.
    this.addSql('drop table latchkey_before.audit_event, latchkey_before.audit_seal');
    this.addSql('drop schema latchkey_before');
    this.addSql('drop function latchkey.make_audit_partition(date)');
    this.addSql('drop function latchkey.audit_event_sealed_once_fn');
    keysAndIndexes('').forEach((statement) => void this.addSql(statement));
    this.addSql(`create or replace function latchkey.audit_event_waits_for_its_seal_fn() returns trigger as $$ begin
        insert into latchkey.audit_unsealed (organization_id, at, event_id) values (new.organization_id, new.at, new.event_id); return null;
      end; $$ language plpgsql`);
    this.addSql(WAITS);
  }

  /** In a schema of its own a table keeps the names of its constraints and indexes, and leaves them free here. */
  private putAside(): void {
    this.addSql('create schema latchkey_before');
    this.addSql('alter table latchkey.audit_event set schema latchkey_before');
    this.addSql('alter table latchkey.audit_seal set schema latchkey_before');
  }
}

const EVENT_COLUMNS = `organization_id text not null,
        at timestamptz(3) not null,
        event_id uuid not null default gen_random_uuid(),
        actor_type text not null,
        actor_id text not null,
        action text not null,
        target_type text not null,
        target_id text not null,
        reason text,
        address text,
        client text,
        request_id text,
        details jsonb not null,
        salt uuid default gen_random_uuid(),
        erased_by uuid`;
const NAMES = `organization_id, at, event_id, actor_type, actor_id, action, target_type, target_id, reason, address, client,
  request_id, details, salt, erased_by`;

const SEAL_COLUMNS = `organization_id text not null,
        number bigint not null,
        at timestamptz(3) not null,
        event_id uuid not null,
        sealed_at timestamptz(3) not null,
        personal_digest bytea not null,
        event_digest bytea not null,
        link bytea not null,
        mac bytea not null,
        key_id text not null`;
const SEAL_NAMES = `organization_id, number, at, event_id, sealed_at, personal_digest, event_digest, link, mac, key_id`;

/** After the rows: an index over what is there costs less than one that grows row by row. */
const keysAndIndexes = (month: string): readonly string[] => [
  `alter table latchkey.audit_event add constraint audit_event_pkey primary key (organization_id, at, event_id${month})`,
  `create index audit_event_by_target on latchkey.audit_event (organization_id, target_id, at, event_id)`,
  `create index audit_event_by_actor on latchkey.audit_event (organization_id, actor_id, at, event_id)`,
  `create index audit_event_by_action on latchkey.audit_event (organization_id, action, at, event_id)`,
  `alter table latchkey.audit_event
     add constraint audit_event_actor_type check (actor_type in ('member', 'token', 'credential', 'worker', 'operator'))`,
  `alter table latchkey.audit_event
     add constraint audit_event_target_type check (target_type in ('token', 'member', 'policy', 'group', 'credential', 'organization'))`,
  `alter table latchkey.audit_event add constraint audit_event_action_format check (action ~ '^[a-z]+\\.[a-z_]+$')`,
  `alter table latchkey.audit_event add constraint audit_event_details_object check (jsonb_typeof(details) = 'object')`,
  `alter table latchkey.audit_event
     add constraint audit_event_erased_with_its_salt check ((salt is null) = (erased_by is not null))`,
  `alter table latchkey.audit_event
     add constraint audit_event_erased_wholly check (erased_by is null or coalesce(reason, address, client) is null)`,
  `alter table latchkey.audit_seal add constraint audit_seal_pkey primary key (organization_id, number${month})`,
  `alter table latchkey.audit_seal add constraint audit_seal_of_event unique (organization_id, at, event_id${month})`,
  `alter table latchkey.audit_seal add constraint audit_seal_number_from_one check (number >= 1)`,
];

const WAITS = `create trigger waits_for_its_seal after insert on latchkey.audit_event
        for each row execute function latchkey.audit_event_waits_for_its_seal_fn()`;

/**
 * With its owner's rights, because a role of ours makes no tables. Attached and not created in place: attaching locks out
 * nobody who reads or writes events. Far months are refused: nobody may fill the catalog with empty ones.
 */
export const MAKE = `create function latchkey.make_audit_partition(month date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
  declare
    suffix text := to_char(month, 'YYYY_MM');
    parent text;
  begin
    if to_regclass('latchkey.audit_seal_' || suffix) is not null then return false; end if;
    if month is null or extract(day from month) <> 1 or month < date '2020-01-01' or month > current_date + 800 then
      raise exception 'no partition is made for %', month using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('latchkey.audit_partitions', 0));
    if to_regclass('latchkey.audit_seal_' || suffix) is not null then return false; end if;
    foreach parent in array array['audit_event', 'audit_seal'] loop
      execute format('create table latchkey.%I (like latchkey.%I including defaults including constraints)',
        parent || '_' || suffix, parent);
      execute format('alter table latchkey.%I attach partition latchkey.%I for values in (%L)',
        parent, parent || '_' || suffix, month);
    end loop;
    return true;
  end $$`;
