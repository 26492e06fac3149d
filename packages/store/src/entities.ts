import {
  AuditChainEntity,
  AuditSealEntity,
  AuditStubEntity,
  AuditUnsealedEntity,
} from './audit/audit-chain-entities.ts';
import { AuditEventEntity } from './audit/audit-event-entity.ts';
import { SystemCredentialEntity, SystemCredentialSecretEntity } from './credentials/system-credential-entity.ts';
import { ChangeEntity } from './feed/change-entity.ts';
import { VerifierEntity } from './feed/verifier-entity.ts';
import { IdempotencyKeyEntity } from './idempotency/idempotency-key-entity.ts';
import { IncarnationEntity, InstallationEntity } from './installation/installation-entity.ts';
import { NotificationEntity } from './notifications/notification-entity.ts';
import { OrganizationEntity } from './organizations/organization-entity.ts';
import { OutboxMessageEntity } from './outbox/outbox-message-entity.ts';
import { OwnerGateEntity } from './owners/owner-gate-entity.ts';
import {
  KeptPermissionsEntity,
  KeptPolicyEntity,
  PermissionSetEntity,
} from './permission-sets/permission-set-entities.ts';
import { ReconciliationEntity } from './reconciliation/reconciliation-entity.ts';
import { ReminderEntity } from './reminders/reminder-entity.ts';
import { SessionEntity, SignInLinkEntity } from './sessions/session-entity.ts';
import { SettingsEntity } from './settings/settings-entity.ts';
import { SecretEntity } from './tokens/secret-entity.ts';
import { TokenEntity } from './tokens/token-entity.ts';
import { TokenNameEntity } from './tokens/token-name-entity.ts';
import { DecisionCountEntity } from './usage/decision-count-entity.ts';

/** The tables of schema `latchkey`, as MikroORM compares them with what the migrations have made. */
export const storeEntities = [
  InstallationEntity,
  IncarnationEntity,
  OrganizationEntity,
  OwnerGateEntity,
  TokenEntity,
  TokenNameEntity,
  SecretEntity,
  AuditEventEntity,
  AuditUnsealedEntity,
  AuditSealEntity,
  AuditChainEntity,
  AuditStubEntity,
  OutboxMessageEntity,
  ChangeEntity,
  VerifierEntity,
  SystemCredentialEntity,
  SystemCredentialSecretEntity,
  SessionEntity,
  SignInLinkEntity,
  IdempotencyKeyEntity,
  SettingsEntity,
  KeptPolicyEntity,
  PermissionSetEntity,
  KeptPermissionsEntity,
  ReminderEntity,
  DecisionCountEntity,
  NotificationEntity,
  ReconciliationEntity,
] as const;
