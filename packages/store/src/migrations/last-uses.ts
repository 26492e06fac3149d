import { StoreMigration } from './store-migration.ts';

/** Where from and by which client each secret was used last. */
export class LastUses extends StoreMigration {
  override up(): void {
    for (const table of ['secret', 'system_credential_secret']) {
      this.addSql(`alter table latchkey.${table} add column last_used_address text, add column last_used_client text`);
    }
  }

  override down(): void {
    for (const table of ['secret', 'system_credential_secret']) {
      this.addSql(`alter table latchkey.${table} drop column last_used_address, drop column last_used_client`);
    }
  }
}
