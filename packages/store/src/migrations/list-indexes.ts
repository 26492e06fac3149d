import { StoreMigration } from './store-migration.ts';

/** Pages of tokens by what few of many have in common. */
export class ListIndexes extends StoreMigration {
  override up(): void {
    this.addSql(`create index token_by_issuer on latchkey.token (organization_id, issuer_id, created_at, token_id)`);
    this.addSql(
      `create index token_inactive on latchkey.token (organization_id, created_at, token_id) where state = 'inactive'`,
    );
  }

  override down(): void {
    this.addSql('drop index latchkey.token_inactive');
    this.addSql('drop index latchkey.token_by_issuer');
  }
}
