import { Organizations } from './0001-organizations.ts';
import { Tokens } from './0002-tokens.ts';
import { Records } from './0003-records.ts';
import { Credentials } from './0004-credentials.ts';
import { Verifiers } from './0005-verifiers.ts';
import { AuditChain } from './audit-chain.ts';
import { AuditKept } from './audit-kept.ts';
import { AuditPartitions } from './audit-partitions.ts';
import { AuditRetention } from './audit-retention.ts';
import { ConfirmThenCut } from './confirm-then-cut.ts';
import { CredentialChanges } from './credential-changes.ts';
import { DecisionCounts } from './decision-counts.ts';
import { IdempotencyKeysOfActors } from './idempotency-keys.ts';
import { LastUses } from './last-uses.ts';
import { ListIndexes } from './list-indexes.ts';
import { Notifications } from './notifications.ts';
import { OutboxDone } from './outbox-done.ts';
import { PermissionSets } from './permission-sets.ts';
import { RecalledCredentials } from './recalled-credentials.ts';
import { Reconciliation } from './reconciliation.ts';
import { Reminders } from './reminders.ts';
import { SettingsOfOrganizations } from './settings.ts';
import type { NamedMigration } from './store-migration.ts';
import { Tidying } from './tidying.ts';
import { TokenNames } from './token-names.ts';

/** In this order; only ever grown at its end. */
export const storeMigrations: readonly NamedMigration[] = [
  { name: 'store-0001-organizations', class: Organizations },
  { name: 'store-0002-tokens', class: Tokens },
  { name: 'store-0003-records', class: Records },
  { name: 'store-0004-credentials', class: Credentials },
  { name: 'store-0005-verifiers', class: Verifiers },
  { name: 'store-idempotency-keys', class: IdempotencyKeysOfActors },
  { name: 'store-permission-sets', class: PermissionSets },
  { name: 'store-settings', class: SettingsOfOrganizations },
  { name: 'store-last-uses', class: LastUses },
  { name: 'store-confirm-then-cut', class: ConfirmThenCut },
  { name: 'store-recalled-credentials', class: RecalledCredentials },
  { name: 'store-credential-changes', class: CredentialChanges },
  { name: 'store-audit-chain', class: AuditChain },
  { name: 'store-reminders', class: Reminders },
  { name: 'store-decision-counts', class: DecisionCounts },
  { name: 'store-audit-partitions', class: AuditPartitions },
  { name: 'store-tidying', class: Tidying },
  { name: 'store-notifications', class: Notifications },
  { name: 'store-outbox-done', class: OutboxDone },
  { name: 'store-audit-retention', class: AuditRetention },
  { name: 'store-reconciliation', class: Reconciliation },
  { name: 'store-list-indexes', class: ListIndexes },
  { name: 'store-token-names', class: TokenNames },
  { name: 'store-audit-kept', class: AuditKept },
];
