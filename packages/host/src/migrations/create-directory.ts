import { Migration } from '@mikro-orm/migrations';

/** Schema `iam`: who belongs to an organization, and what the policies say. Organization first in every key. */
export class CreateDirectory extends Migration {
  override readonly name = 'host-0001-create-directory';

  override up(): void {
    this.addSql('create schema iam');
    this.addSql(`
      create table iam.organization (
        organization_id text not null,
        name text not null,
        dialect text not null,
        catalogue jsonb not null,
        constraint organization_pkey primary key (organization_id),
        constraint organization_dialect_check check (dialect in ('featbit', 'launchdarkly'))
      )`);
    this.addSql(`
      create table iam.permission_revision (
        organization_id text not null,
        revision bigint not null,
        constraint permission_revision_pkey primary key (organization_id),
        constraint permission_revision_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id)
      )`);
    this.addSql(`
      create table iam.member (
        organization_id text not null,
        member_id text not null,
        email text not null,
        email_key text not null,
        name text not null,
        locale text not null,
        status text not null,
        member_since timestamptz(3) not null,
        removed_at timestamptz(3),
        attributes jsonb not null,
        revision bigint not null,
        constraint member_pkey primary key (organization_id, member_id),
        constraint member_status_check check (status in ('active', 'removed')),
        constraint member_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id)
      )`);
    this.addSql(`
      create unique index member_active_email_unique on iam.member (organization_id, email_key)
        where status = 'active'`);
    this.addSql('create index member_by_code_point on iam.member (organization_id, member_id collate "C")');
    this.addSql(`
      create table iam.policy (
        organization_id text not null,
        policy_id text not null,
        name text not null,
        description text,
        built_in boolean not null,
        statements jsonb not null,
        revision int not null,
        constraint policy_pkey primary key (organization_id, policy_id),
        constraint policy_name_unique unique (organization_id, name),
        constraint policy_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id)
      )`);
    this.addSql(`
      create table iam."group" (
        organization_id text not null,
        group_id text not null,
        name text not null,
        description text,
        revision int not null,
        constraint group_pkey primary key (organization_id, group_id),
        constraint group_name_unique unique (organization_id, name),
        constraint group_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id)
      )`);
    // References stay within the organization: both sides of a pair carry it, so none can point across (TENANT-WALL).
    this.addSql(`
      create table iam.member_policy (
        organization_id text not null,
        member_id text not null,
        policy_id text not null,
        constraint member_policy_pkey primary key (organization_id, member_id, policy_id),
        constraint member_policy_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id),
        constraint member_policy_organization_id_member_id_foreign foreign key (organization_id, member_id)
          references iam.member (organization_id, member_id),
        constraint member_policy_organization_id_policy_id_foreign foreign key (organization_id, policy_id)
          references iam.policy (organization_id, policy_id)
      )`);
    this.addSql('create index member_policy_by_policy on iam.member_policy (organization_id, policy_id)');
    this.addSql(`
      create table iam.member_group (
        organization_id text not null,
        member_id text not null,
        group_id text not null,
        constraint member_group_pkey primary key (organization_id, member_id, group_id),
        constraint member_group_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id),
        constraint member_group_organization_id_member_id_foreign foreign key (organization_id, member_id)
          references iam.member (organization_id, member_id),
        constraint member_group_organization_id_group_id_foreign foreign key (organization_id, group_id)
          references iam."group" (organization_id, group_id)
      )`);
    this.addSql('create index member_group_by_group on iam.member_group (organization_id, group_id)');
    this.addSql(`
      create table iam.group_policy (
        organization_id text not null,
        group_id text not null,
        policy_id text not null,
        constraint group_policy_pkey primary key (organization_id, group_id, policy_id),
        constraint group_policy_organization_id_foreign foreign key (organization_id)
          references iam.organization (organization_id),
        constraint group_policy_organization_id_group_id_foreign foreign key (organization_id, group_id)
          references iam."group" (organization_id, group_id),
        constraint group_policy_organization_id_policy_id_foreign foreign key (organization_id, policy_id)
          references iam.policy (organization_id, policy_id)
      )`);
    this.addSql('create index group_policy_by_policy on iam.group_policy (organization_id, policy_id)');
    this.#guard('permission_revision', 'revision_only_grows', 'new.revision < old.revision', 'a revision only grows');
    this.#guard('member', 'revision_only_grows', 'new.revision < old.revision', 'a revision only grows');
    this.#guard(
      'member',
      'removed_stays_removed',
      "old.status = 'removed' and new.status <> 'removed' or new.member_id <> old.member_id",
      'a membership that has ended stays ended',
    );
  }

  // No cascade: a schema that somebody else has put a table into is not ours to drop.
  override down(): void {
    for (const table of [
      'group_policy',
      'member_group',
      'member_policy',
      '"group"',
      'policy',
      'member',
      'permission_revision',
      'organization',
    ])
      this.addSql(`drop table iam.${table}`);
    for (const guard of [
      'member_removed_stays_removed_fn',
      'member_revision_only_grows_fn',
      'permission_revision_revision_only_grows_fn',
    ])
      this.addSql(`drop function iam.${guard}()`);
    this.addSql('drop schema iam');
  }

  #guard(table: string, name: string, refused: string, message: string): void {
    this.addSql(`
      create function iam.${table}_${name}_fn() returns trigger as $$ begin
        if ${refused} then raise exception '${message}' using errcode = 'check_violation'; end if; return new;
      end; $$ language plpgsql`);
    this.addSql(`
      create trigger ${name} before update on iam.${table} for each row execute function iam.${table}_${name}_fn()`);
  }
}
