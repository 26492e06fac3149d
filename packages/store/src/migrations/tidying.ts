import { StoreMigration } from './store-migration.ts';

/**
 * What the worker's role may remove, though it may not even read it: functions that belong to the migration's role and
 * look at age and state themselves.
 */
export class Tidying extends StoreMigration {
  override up(): void {
    this.addSql(`create index token_to_purge on latchkey.token (organization_id, revoked_at) where state = 'revoked'`);
    this.addSql(
      'create index token_by_parent on latchkey.token (organization_id, parent_token_id) where parent_token_id is not null',
    );
    // The search path is fixed: a table of the caller's own, found first, would be written to with the owner's rights.
    this.addSql(`create function latchkey.remove_ended_sessions(slice int) returns int
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare session_count int; link_count int;
      begin
        delete from latchkey.session s using (
          select organization_id, digest from latchkey.session where expires_at < now()
           order by expires_at limit least(greatest(slice, 0), 1000) for update skip locked) ended
         where s.organization_id = ended.organization_id and s.digest = ended.digest;
        get diagnostics session_count = row_count;
        delete from latchkey.sign_in_link l using (
          select organization_id, digest from latchkey.sign_in_link where expires_at < now()
           order by expires_at limit least(greatest(slice, 0), 1000) for update skip locked) ended
         where l.organization_id = ended.organization_id and l.digest = ended.digest;
        get diagnostics link_count = row_count;
        return session_count + link_count;
      end; $$`);
    // A tombstone that another token names as its parent stays: what bounds the child's life is read from it. The audit
    // event is written here, so that no row can go without it (AUDIT-WITH-CAUSE); it keeps what the trail needs the row for.
    this.addSql(`create function latchkey.purge_tombstones(organization text, kept_days int, slice int) returns int
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare purged_count int;
      begin
        with due as (
          select t.token_id from latchkey.token t
           where t.organization_id = organization and t.state = 'revoked'
             and t.revoked_at < now() - greatest(kept_days, 30) * interval '24 h'
             and not exists (
               select from latchkey.token c where c.organization_id = organization and c.parent_token_id = t.token_id)
           order by t.revoked_at limit least(greatest(slice, 0), 500) for update skip locked
        ), secrets as (
          delete from latchkey.secret s using due d where s.organization_id = organization and s.token_id = d.token_id
        ), reminders as (
          delete from latchkey.reminder r using due d where r.organization_id = organization and r.token_id = d.token_id
        ), decisions as (
          delete from latchkey.decision_count c using due d where c.organization_id = organization and c.token_id = d.token_id
        ), purged as (
          delete from latchkey.token t using due d where t.organization_id = organization and t.token_id = d.token_id
          returning t.token_id, t.kind, t.owner_id, t.issuer_type, t.issuer_id, t.created_at, t.revoked_at
        )
        insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
        select organization, now(), 'worker', 'purge-tombstones', 'token.purged', 'token', p.token_id,
               jsonb_build_object('kind', p.kind, 'ownerId', p.owner_id,
                 'issuer', jsonb_build_object('type', p.issuer_type, 'id', p.issuer_id),
                 'createdAt', to_char(p.created_at at time zone 'UTC', 'yyyy-mm-dd"T"hh24:mi:ss.ms"Z"'),
                 'revokedAt', to_char(p.revoked_at at time zone 'UTC', 'yyyy-mm-dd"T"hh24:mi:ss.ms"Z"'))
          from purged p;
        get diagnostics purged_count = row_count;
        return purged_count;
      end; $$`);
    this.addSql('revoke all on function latchkey.remove_ended_sessions(int) from public');
    this.addSql('revoke all on function latchkey.purge_tombstones(text, int, int) from public');
  }

  override down(): void {
    this.addSql('drop function latchkey.purge_tombstones');
    this.addSql('drop function latchkey.remove_ended_sessions');
    this.addSql('drop index latchkey.token_by_parent');
    this.addSql('drop index latchkey.token_to_purge');
  }
}
