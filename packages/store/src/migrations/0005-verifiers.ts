import { StoreMigration } from './store-migration.ts';

/** The registry of verifiers, and changes that concern the whole installation. */
export class Verifiers extends StoreMigration {
  override up(): void {
    // INCARNATION: unlogged, so that what empties the incarnation empties this too; and a poll writes no log.
    this.addSql(`create unlogged table latchkey.verifier (
        verifier_id text not null,
        name text not null,
        incarnation uuid not null,
        applied pg_snapshot not null,
        polls bigint not null default '0',
        polled_at timestamptz(3) not null default clock_timestamp(),
        primary key (verifier_id)
      )`);
    this.addSql('alter table latchkey.change drop constraint change_subject');
    this.addSql(`alter table latchkey.change
        add constraint change_subject check (subject in ('token', 'owner', 'organization', 'permissions', 'installation'))`);
    this.addSql(`alter table latchkey.change
        add constraint change_of_installation check ((subject = 'installation') = (organization_id = ''))`);
  }

  override down(): void {
    this.addSql(`delete from latchkey.change where subject = 'installation'`);
    this.addSql('alter table latchkey.change drop constraint change_of_installation');
    this.addSql('alter table latchkey.change drop constraint change_subject');
    this.addSql(`alter table latchkey.change
        add constraint change_subject check (subject in ('token', 'owner', 'organization', 'permissions'))`);
    this.addSql('drop table latchkey.verifier');
  }
}
