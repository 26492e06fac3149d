import { StoreMigration } from './store-migration.ts';

/** What permissions have been, so that a decision of the past can be explained. */
export class PermissionSets extends StoreMigration {
  override up(): void {
    for (const table of ['kept_policy', 'permission_set']) {
      this.addSql(`create table latchkey.${table} (
          organization_id text not null,
          digest bytea not null,
          content text not null,
          primary key (organization_id, digest)
        )`);
      this.addSql(`alter table latchkey.${table}
          add constraint ${table}_digest_length check (octet_length(digest) = 32)`);
    }
    this.addSql(`create table latchkey.kept_permissions (
        organization_id text not null,
        subject text not null,
        subject_id text not null,
        revision bigint not null,
        from_at timestamptz(3) not null,
        digest bytea,
        attributes jsonb not null,
        primary key (organization_id, subject, subject_id, revision)
      )`);
    this.addSql(`alter table latchkey.kept_permissions
        add constraint kept_permissions_subject check (subject in ('member', 'policy'))`);
    this.addSql(`alter table latchkey.kept_permissions
        add constraint kept_permissions_digest_length check (octet_length(digest) = 32)`);
  }

  override down(): void {
    this.addSql('drop table latchkey.kept_permissions');
    this.addSql('drop table latchkey.permission_set');
    this.addSql('drop table latchkey.kept_policy');
  }
}
