import { StoreMigration } from './store-migration.ts';

/** What the last comparison of owners with the host came to, and how the worker closes a gate. */
export class Reconciliation extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.reconciliation (
        organization_id text not null,
        compared_at timestamptz(3) not null,
        outcome text not null,
        owner_count int not null,
        missing_ids text[] not null,
        confirmed_ids text[],
        primary key (organization_id)
      )`);
    this.addSql(`alter table latchkey.reconciliation
        add constraint reconciliation_outcome check (outcome in ('done', 'held', 'host_unavailable'))`);
    // It can close and never open: what the worker may not write by itself. TERMINAL: a gate that is closed stays as it is.
    this.addSql(`create function latchkey.close_owner_gate(organization text, member text, closed timestamptz) returns boolean
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare closed_count int;
      begin
        update latchkey.owner_gate g set closed_at = closed, mark = g.mark + 1
         where g.organization_id = organization and g.member_id = member and g.closed_at is null;
        get diagnostics closed_count = row_count;
        if closed_count = 1 then
          delete from latchkey.session s where s.organization_id = organization and s.member_id = member;
        end if;
        return closed_count = 1;
      end; $$`);
    this.addSql('revoke all on function latchkey.close_owner_gate(text, text, timestamptz) from public');
  }

  override down(): void {
    this.addSql('drop function latchkey.close_owner_gate');
    this.addSql('drop table latchkey.reconciliation');
  }
}
