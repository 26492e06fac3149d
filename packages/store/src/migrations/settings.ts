import { StoreMigration } from './store-migration.ts';

/** What organizations demand of their tokens. */
export class SettingsOfOrganizations extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.settings (
        organization_id text not null,
        chosen jsonb not null,
        revision int not null,
        primary key (organization_id)
      )`);
    this.addSql(`alter table latchkey.settings
        add constraint settings_chosen_object check (jsonb_typeof(chosen) = 'object')`);
  }

  override down(): void {
    this.addSql('drop table latchkey.settings');
  }
}
