import { StoreMigration } from './store-migration.ts';

/** A credential of the installation can be stopped by a change of its own: verifiers remember it. */
export class CredentialChanges extends StoreMigration {
  override up(): void {
    this.constrain({
      subjects: "'token', 'owner', 'organization', 'permissions', 'installation', 'credential'",
      ofInstallation: "subject in ('installation', 'credential')",
      withId: "'token', 'owner', 'credential'",
    });
  }

  override down(): void {
    // Whoever follows the feed at that moment hears of more than it has to, and never of less.
    this.addSql(`update latchkey.change set subject = 'installation', subject_id = null where subject = 'credential'`);
    this.constrain({
      subjects: "'token', 'owner', 'organization', 'permissions', 'installation'",
      ofInstallation: "subject = 'installation'",
      withId: "'token', 'owner'",
    });
  }

  private constrain(to: { readonly subjects: string; readonly ofInstallation: string; readonly withId: string }): void {
    this.addSql('alter table latchkey.change drop constraint change_subject');
    this.addSql('alter table latchkey.change drop constraint change_of_installation');
    this.addSql('alter table latchkey.change drop constraint change_subject_id');
    this.addSql(`alter table latchkey.change
        add constraint change_subject check (subject in (${to.subjects}))`);
    this.addSql(`alter table latchkey.change
        add constraint change_of_installation check ((${to.ofInstallation}) = (organization_id = ''))`);
    this.addSql(`alter table latchkey.change
        add constraint change_subject_id check ((subject in (${to.withId})) = (subject_id is not null))`);
  }
}
