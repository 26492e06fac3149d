import { StoreMigration } from './store-migration.ts';

/** How often each token was allowed and denied what, by day. */
export class DecisionCounts extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.decision_count (
        organization_id text not null,
        token_id text not null,
        day date not null,
        action text not null,
        resource text not null,
        folded boolean not null,
        allowed_count bigint not null,
        denied_count bigint not null,
        primary key (organization_id, token_id, day, action, resource, folded)
      )`);
    this.addSql('create index decision_count_by_day on latchkey.decision_count (day)');
    this.addSql(`alter table latchkey.decision_count
        add constraint decision_count_length check (char_length(action) <= 256 and char_length(resource) <= 256)`);
    this.addSql(`alter table latchkey.decision_count
        add constraint decision_count_grows check (allowed_count >= 0 and denied_count >= 0)`);
  }

  override down(): void {
    this.addSql('drop table latchkey.decision_count');
  }
}
