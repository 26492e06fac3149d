import type { Instant, Tx } from '@latchkey/core';
import type { AuditChain } from './audit/audit-chain.ts';
import type { AuditRetention } from './audit/audit-retention.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import type { SystemCredentialRepository } from './credentials/system-credential-repository.ts';
import type { Diagnosis } from './diagnosis/diagnosis.ts';
import type { ChangeFeed } from './feed/change-feed.ts';
import type { Housekeeping } from './housekeeping/housekeeping.ts';
import type { IdempotencyKeys } from './idempotency/idempotency-keys.ts';
import type { InstallationRepository } from './installation/installation-repository.ts';
import type { Notifications } from './notifications/notifications.ts';
import type { OrganizationRepository } from './organizations/organization-repository.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { OwnerGateRepository } from './owners/owner-gate-repository.ts';
import type { PermissionSetRepository } from './permission-sets/permission-set-repository.ts';
import type { Reconciliations } from './reconciliation/reconciliations.ts';
import type { Reminders } from './reminders/reminders.ts';
import type { SessionRepository, SignInLinkRepository } from './sessions/session-repository.ts';
import type { SettingsRepository } from './settings/settings-repository.ts';
import type { TokenRepository } from './tokens/token-repository.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import type { Usage } from './usage/usage.ts';

/** What must be true after a restart. Every method that can't reach the database throws `StoreUnavailable`. */
export interface Store {
  readonly unitOfWork: UnitOfWork;
  readonly installation: InstallationRepository;
  readonly organizations: OrganizationRepository;
  readonly tokens: TokenRepository;
  readonly ownerGates: OwnerGateRepository;
  readonly credentials: SystemCredentialRepository;
  readonly sessions: SessionRepository;
  readonly signInLinks: SignInLinkRepository;
  readonly audit: AuditTrail;
  readonly auditChain: AuditChain;
  readonly auditRetention: AuditRetention;
  readonly outbox: Outbox;
  readonly feed: ChangeFeed;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly settings: SettingsRepository;
  readonly reconciliations: Reconciliations;
  readonly reminders: Reminders;
  readonly notifications: Notifications;
  readonly housekeeping: Housekeeping;
  readonly permissionSets: PermissionSetRepository;
  readonly diagnosis: Diagnosis;
  readonly usage: Usage;
  /** The database's clock; also the cheapest proof that it answers. */
  now(tx?: Tx): Promise<Instant>;
  /** Migrations that have not run on this schema; a server with any refuses to start. */
  pendingMigrations(): Promise<readonly string[]>;
  close(): Promise<void>;
}
