import { StoreMigration } from './store-migration.ts';

/** What a transaction leaves behind: audit events, outbox messages, changes. */
export class Records extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.audit_event (
        organization_id text not null,
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
        primary key (organization_id, at, event_id)
      )`);
    this.addSql(
      `create index audit_event_by_target on latchkey.audit_event (organization_id, target_id, at, event_id)`,
    );
    this.addSql(`create index audit_event_by_actor on latchkey.audit_event (organization_id, actor_id, at, event_id)`);
    this.addSql(`create index audit_event_by_action on latchkey.audit_event (organization_id, action, at, event_id)`);
    this.addSql(`alter table latchkey.audit_event
        add constraint audit_event_actor_type check (actor_type in ('member', 'token', 'credential', 'worker', 'operator'))`);
    this.addSql(`alter table latchkey.audit_event
        add constraint audit_event_target_type check (target_type in ('token', 'member', 'policy', 'group', 'credential', 'organization'))`);
    this.addSql(`alter table latchkey.audit_event
        add constraint audit_event_action_format check (action ~ '^[a-z]+\\.[a-z_]+$')`);
    this.addSql(`alter table latchkey.audit_event
        add constraint audit_event_details_object check (jsonb_typeof(details) = 'object')`);
    this.addSql(`create table latchkey.outbox_message (
        organization_id text not null,
        message_id uuid not null default gen_random_uuid(),
        name text not null,
        payload jsonb not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        attempts int not null default 0,
        next_attempt_at timestamptz(3) not null default now(),
        relayed_at timestamptz(3),
        dead_at timestamptz(3),
        primary key (organization_id, message_id)
      )`);
    this.addSql(
      `create index outbox_message_due on latchkey.outbox_message (next_attempt_at) where relayed_at is null and dead_at is null`,
    );
    this.addSql(
      `create index outbox_message_relayed on latchkey.outbox_message (relayed_at) where relayed_at is not null`,
    );
    this.addSql(`create index outbox_message_dead on latchkey.outbox_message (dead_at) where dead_at is not null`);
    this.addSql(`alter table latchkey.outbox_message
        add constraint outbox_message_one_end check (relayed_at is null or dead_at is null)`);
    this.addSql(`alter table latchkey.outbox_message
        add constraint outbox_message_attempts_range check (attempts >= 0)`);
    this.addSql(`create table latchkey.change (
        organization_id text not null,
        change_id uuid not null default gen_random_uuid(),
        xid xid8 not null default pg_current_xact_id(),
        subject text not null,
        subject_id text,
        created_at timestamptz(3) not null default clock_timestamp(),
        primary key (organization_id, change_id)
      )`);
    this.addSql(`create index change_xid on latchkey.change (xid)`);
    this.addSql(`alter table latchkey.change
        add constraint change_subject check (subject in ('token', 'owner', 'organization', 'permissions'))`);
    this.addSql(`alter table latchkey.change
        add constraint change_subject_id check ((subject in ('token', 'owner')) = (subject_id is not null))`);
  }

  override down(): void {
    this.addSql('drop table latchkey.change');
    this.addSql('drop table latchkey.outbox_message');
    this.addSql('drop table latchkey.audit_event');
  }
}
