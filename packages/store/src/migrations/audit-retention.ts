import { MAKE } from './audit-partitions.ts';
import { StoreMigration } from './store-migration.ts';

/** Months of the audit trail that are old enough go, and leave a stub for each organization. */
export class AuditRetention extends StoreMigration {
  override up(): void {
    this.addSql('alter table latchkey.installation add column audit_retention_days int');
    this.addSql(`alter table latchkey.installation
        add constraint installation_audit_retention_range check (audit_retention_days >= 1 and audit_retention_days <= 36500)`);
    this.addSql(`create table latchkey.audit_stub (
        organization_id text not null,
        last_number bigint not null,
        first_number bigint not null,
        event_count bigint not null,
        last_link bytea not null,
        last_sealed_at timestamptz(3) not null,
        dropped_at timestamptz(3) not null,
        link bytea not null,
        mac bytea not null,
        key_id text not null,
        primary key (organization_id, last_number)
      )`);
    this.addSql(`alter table latchkey.audit_stub
        add constraint audit_stub_numbers check (first_number >= 1 and first_number <= last_number)`);
    this.addSql(replaced(MAKE_ONCE));
    this.addSql(DROP);
    this.addSql('revoke all on function latchkey.drop_audit_partition(date, jsonb) from public');
  }

  override down(): void {
    this.addSql('drop function latchkey.drop_audit_partition(date, jsonb)');
    this.addSql(replaced(MAKE));
    this.addSql('drop table latchkey.audit_stub');
    this.addSql('alter table latchkey.installation drop column audit_retention_days');
  }
}

const replaced = (text: string): string => text.replace('create function', 'create or replace function');

/** Who waits for an advisory lock doesn't hear of what was made meanwhile; who waits for a table's, does. */
const MAKE_ONCE = MAKE.replace(
  "perform pg_advisory_xact_lock(hashtextextended('latchkey.audit_partitions', 0));",
  'lock table only latchkey.audit_seal in share update exclusive mode;',
);

/**
 * With its owner's rights, because a role of ours drops nothing; so it believes nothing that it is told but the stubs' own
 * links and MACs, for which it has no key. Everything or nothing: stubs, the audit events that say so, and the drop.
 * The month is locked against writing while it is looked at; the whole trail only for the drop itself, and no longer
 * than `lock_timeout`: `busy` is tried again later.
 */
export const DROP = `create function latchkey.drop_audit_partition(month date, stubs jsonb) returns text
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
  declare
    events text := 'audit_event_' || to_char(month, 'YYYY_MM');
    seals text := 'audit_seal_' || to_char(month, 'YYYY_MM');
    retention int := (select i.audit_retention_days from latchkey.installation i);
    trouble text;
  begin
    if retention is null then return 'kept'; end if;
    if month is null or (month + interval '1 month') at time zone 'UTC' + retention * interval '24 hours' > clock_timestamp() then
      return 'too_young';
    end if;
    if to_regclass('latchkey.' || seals) is null then return 'missing'; end if;
    if exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'latchkey.audit_seal'::regclass and c.relname::text < seals) then
      return 'not_oldest';
    end if;
    execute format('lock table latchkey.%I, latchkey.%I in share row exclusive mode', events, seals);

    if exists (select from latchkey.audit_event e
                where e.sealed_month = month
                  and not exists (select from latchkey.audit_seal s
                                   where s.sealed_month = month and s.organization_id = e.organization_id
                                     and s.at = e.at and s.event_id = e.event_id)) then
      return 'not_sealed';
    end if;

    with given as (
      select x.organization_id, x.first_number, x.last_number, x.event_count, decode(x.last_link, 'hex') as last_link,
             to_timestamp(x.last_sealed_at / 1000)::timestamptz(3) as last_sealed_at,
             to_timestamp(x.dropped_at / 1000)::timestamptz(3) as dropped_at
        from jsonb_to_recordset(stubs) as x (organization_id text, first_number bigint, last_number bigint,
          event_count bigint, last_link text, last_sealed_at float8, dropped_at float8)
    ), sealed as (
      select s.organization_id, min(s.number) as first_number, max(s.number) as last_number, count(*) as number_count
        from latchkey.audit_seal s where s.sealed_month = month group by 1
    ), counted as (
      select e.organization_id, count(*) as event_count from latchkey.audit_event e where e.sealed_month = month group by 1
    )
    select min(case
        when s.first_number <> coalesce((select max(b.last_number) from latchkey.audit_stub b
                                          where b.organization_id = s.organization_id), 0) + 1
          or s.number_count <> s.last_number - s.first_number + 1 then 'broken'
        when s.last_number > coalesce((select c.anchored_number from latchkey.audit_chain c
                                        where c.organization_id = s.organization_id), 0) then 'not_anchored'
        when s.organization_id is null or g.organization_id is null
          or (g.first_number, g.last_number, g.event_count, g.last_link, g.last_sealed_at) is distinct from
             (s.first_number, s.last_number, coalesce(n.event_count, 0), l.link, l.sealed_at)
          or abs(extract(epoch from g.dropped_at - clock_timestamp())) > 600 then 'stubs_differ'
      end) into trouble
      from sealed s
      full join given g on g.organization_id = s.organization_id
      left join counted n on n.organization_id = s.organization_id
      left join latchkey.audit_seal l
        on l.sealed_month = month and l.organization_id = s.organization_id and l.number = s.last_number;
    if trouble is not null then return trouble; end if;

    with given as (
      select x.organization_id, x.first_number, x.last_number, x.event_count, x.last_link, x.link, x.mac, x.key_id,
             to_timestamp(x.last_sealed_at / 1000)::timestamptz(3) as last_sealed_at,
             to_timestamp(x.dropped_at / 1000)::timestamptz(3) as dropped_at
        from jsonb_to_recordset(stubs) as x (organization_id text, first_number bigint, last_number bigint,
          event_count bigint, last_link text, last_sealed_at float8, dropped_at float8, link text, mac text, key_id text)
    ), written as (
      insert into latchkey.audit_stub (organization_id, first_number, last_number, event_count, last_link, last_sealed_at,
        dropped_at, link, mac, key_id)
      select organization_id, first_number, last_number, event_count, decode(last_link, 'hex'), last_sealed_at, dropped_at,
             decode(link, 'hex'), decode(mac, 'hex'), key_id from given
    )
    insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
    select organization_id, dropped_at, 'worker', 'keep-partitions', 'organization.audit_events_dropped', 'organization',
           organization_id,
           jsonb_build_object('firstNumber', first_number, 'lastNumber', last_number, 'eventCount', event_count,
             'lastSealedAt', to_char(last_sealed_at at time zone 'UTC', 'yyyy-mm-dd"T"hh24:mi:ss.ms"Z"'), 'stub', link)
      from given;
    execute format('drop table latchkey.%I, latchkey.%I', seals, events);
    return 'dropped';
  exception
    when lock_not_available or deadlock_detected then return 'busy';
    -- Somebody else dropped it while this one waited.
    when undefined_table then return 'missing';
  end $$`;
