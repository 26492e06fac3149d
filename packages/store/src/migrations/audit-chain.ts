import { StoreMigration } from './store-migration.ts';

/** Seals: each audit event gets a number and a place in its organization's chain, shortly after its commit. */
export class AuditChain extends StoreMigration {
  override up(): void {
    this.addSql(
      `alter table latchkey.audit_event add column salt uuid default gen_random_uuid(), add column erased_by uuid`,
    );
    this.addSql(`alter table latchkey.audit_event
        add constraint audit_event_erased_with_its_salt check ((salt is null) = (erased_by is not null))`);
    this.addSql(`alter table latchkey.audit_event
        add constraint audit_event_erased_wholly check (erased_by is null or coalesce(reason, address, client) is null)`);
    this.addSql(`create table latchkey.audit_unsealed (
        organization_id text not null,
        at timestamptz(3) not null,
        event_id uuid not null,
        xid xid8 not null default pg_current_xact_id(),
        primary key (organization_id, at, event_id)
      )`);
    this.addSql(`create index audit_unsealed_xid on latchkey.audit_unsealed (xid)`);
    this.addSql(`create table latchkey.audit_seal (
        organization_id text not null,
        number bigint not null,
        at timestamptz(3) not null,
        event_id uuid not null,
        sealed_at timestamptz(3) not null,
        personal_digest bytea not null,
        event_digest bytea not null,
        link bytea not null,
        mac bytea not null,
        key_id text not null,
        primary key (organization_id, number)
      )`);
    this.addSql(`alter table latchkey.audit_seal
        add constraint audit_seal_of_event unique (organization_id, at, event_id)`);
    this.addSql(`alter table latchkey.audit_seal
        add constraint audit_seal_number_from_one check (number >= 1)`);
    this.addSql(`create table latchkey.audit_chain (
        organization_id text not null,
        number bigint not null,
        link bytea not null,
        mac bytea not null,
        key_id text not null,
        sealed_at timestamptz(3) not null,
        anchored_number bigint not null default '0',
        anchored_at timestamptz(3),
        primary key (organization_id)
      )`);
    this.addSql(
      `create index audit_chain_to_anchor on latchkey.audit_chain (organization_id) where anchored_number < number`,
    );
    this.addSql(`create function latchkey.audit_event_waits_for_its_seal_fn() returns trigger as $$ begin
        insert into latchkey.audit_unsealed (organization_id, at, event_id) values (new.organization_id, new.at, new.event_id); return null;
      end; $$ language plpgsql`);
    this.addSql(`create trigger waits_for_its_seal after insert on latchkey.audit_event
        for each row execute function latchkey.audit_event_waits_for_its_seal_fn()`);
    this.addSql(`insert into latchkey.audit_unsealed (organization_id, at, event_id)
        select organization_id, at, event_id from latchkey.audit_event`);
  }

  override down(): void {
    this.addSql('drop trigger waits_for_its_seal on latchkey.audit_event');
    this.addSql('drop function latchkey.audit_event_waits_for_its_seal_fn');
    this.addSql('drop table latchkey.audit_chain');
    this.addSql('drop table latchkey.audit_seal');
    this.addSql('drop table latchkey.audit_unsealed');
    this.addSql('alter table latchkey.audit_event drop column salt, drop column erased_by');
  }
}
