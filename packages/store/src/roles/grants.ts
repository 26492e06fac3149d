/** The two programs that run on the database; each has a role of its own. */
export type RoleName = 'api' | 'worker';

export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** What one role may do with one table. Whatever isn't listed is refused by PostgreSQL. */
export interface TableGrant {
  readonly role: RoleName;
  readonly schema: string;
  readonly table: string;
  /** A list of columns narrows a privilege to them. */
  readonly privileges: Readonly<Partial<Record<Privilege, true | readonly string[]>>>;
}

const of = (role: RoleName, table: string, privileges: TableGrant['privileges']): TableGrant => ({
  role,
  schema: 'latchkey',
  table,
  privileges,
});

const READ = { SELECT: true } as const;
/** AUDIT-WITH-CAUSE: nobody but the migration's role could alter or remove an audit event. */
const APPEND = { SELECT: true, INSERT: true } as const;
const WRITE = { SELECT: true, INSERT: true, UPDATE: true } as const;
const ALL = { SELECT: true, INSERT: true, UPDATE: true, DELETE: true } as const;

/** Into its trail and nowhere else: who names no partition, no id and no salt writes among the unsealed. */
const EVENT_COLUMNS = [
  ...['organization_id', 'at', 'actor_type', 'actor_id', 'action', 'target_type', 'target_id'],
  ...['reason', 'address', 'client', 'request_id', 'details'],
] as const;

/** No DELETE on tokens: a revoked one leaves a tombstone. */
const API: readonly TableGrant[] = [
  of('api', 'migration', READ),
  of('api', 'installation', { SELECT: true, UPDATE: ['mark', 'credential_mark'] }),
  of('api', 'incarnation', { SELECT: true, INSERT: true, DELETE: true }),
  of('api', 'verifier', ALL),
  of('api', 'organization', { SELECT: true, INSERT: true, UPDATE: ['name', 'mark', 'max_grace_ms'] }),
  of('api', 'owner_gate', WRITE),
  of('api', 'token', WRITE),
  // A token's trigger writes it, with the rights of whoever names the token.
  of('api', 'token_name', { SELECT: true, INSERT: true, UPDATE: ['name_key', 'grams'] }),
  of('api', 'secret', WRITE),
  of('api', 'audit_event', { SELECT: true, INSERT: EVENT_COLUMNS }),
  // An event's trigger puts it here; taking it off, and chaining it, is the worker's.
  of('api', 'audit_unsealed', APPEND),
  of('api', 'audit_seal', READ),
  of('api', 'audit_chain', READ),
  of('api', 'audit_stub', READ),
  of('api', 'outbox_message', APPEND),
  of('api', 'change', APPEND),
  of('api', 'system_credential', WRITE),
  of('api', 'system_credential_secret', WRITE),
  of('api', 'session', ALL),
  of('api', 'sign_in_link', ALL),
  of('api', 'idempotency_key', ALL),
  of('api', 'settings', WRITE),
  of('api', 'reminder', READ),
  of('api', 'reconciliation', { SELECT: true, UPDATE: ['confirmed_ids'] }),
  of('api', 'notification', { SELECT: true, UPDATE: ['read_at'] }),
  of('api', 'kept_policy', APPEND),
  of('api', 'permission_set', APPEND),
  of('api', 'kept_permissions', APPEND),
  of('api', 'decision_count', { SELECT: true, INSERT: true, UPDATE: ['allowed_count', 'denied_count'] }),
];

const SECRET_WITHOUT_DIGEST = [
  ...['organization_id', 'token_id', 'number', 'spent', 'pepper_id', 'tag_key_id', 'hint', 'created_at'],
  ...['superseded_at', 'accepted_until', 'first_used_at', 'last_used_at'],
  ...['last_used_address', 'last_used_client', 'cut_when_silent_ms'],
] as const;

/** No sessions, no credentials, no digests: what the worker can't read it can't lose. */
const WORKER: readonly TableGrant[] = [
  of('worker', 'migration', READ),
  of('worker', 'installation', READ),
  of('worker', 'incarnation', APPEND),
  of('worker', 'organization', READ),
  of('worker', 'settings', READ),
  of('worker', 'owner_gate', READ),
  of('worker', 'token', {
    SELECT: true,
    UPDATE: ['state', 'deactivated_at', 'deactivated_because', 'recorded_expiry', 'revision'],
  }),
  // It may end a grace period, and can't accept a secret for any longer: the table's own guard holds that.
  of('worker', 'secret', { SELECT: SECRET_WITHOUT_DIGEST, UPDATE: ['accepted_until'] }),
  of('worker', 'reminder', ALL),
  of('worker', 'reconciliation', WRITE),
  of('worker', 'notification', { SELECT: true, INSERT: true, UPDATE: ['mailed_at'], DELETE: true }),
  // It seals: moves an event from the unsealed to the month of its seal, once. The table's own guard holds that.
  of('worker', 'audit_event', { SELECT: true, INSERT: EVENT_COLUMNS, UPDATE: ['sealed_month'] }),
  of('worker', 'audit_unsealed', { SELECT: true, INSERT: true, DELETE: true }),
  of('worker', 'audit_seal', APPEND),
  of('worker', 'audit_chain', WRITE),
  of('worker', 'audit_stub', READ),
  of('worker', 'outbox_message', ALL),
  // Enough to find what has expired, and not whose answer it was.
  of('worker', 'idempotency_key', {
    SELECT: ['organization_id', 'actor_type', 'actor_id', 'procedure', 'key', 'created_at'],
    UPDATE: ['created_at'],
    DELETE: true,
  }),
  // Which days there are, and not how often a token did what.
  of('worker', 'decision_count', {
    SELECT: ['organization_id', 'token_id', 'day', 'action', 'resource', 'folded'],
    DELETE: true,
  }),
  // What it may prune is what all of these have applied.
  of('worker', 'verifier', READ),
  of('worker', 'change', { SELECT: true, INSERT: true, DELETE: true }),
];

/** A function that acts with its owner's rights, and who may call it; nobody else may. */
export interface FunctionGrant {
  readonly role: RoleName;
  readonly schema: string;
  /** With the types of its parameters. */
  readonly signature: string;
}

export const storeFunctionGrants: readonly FunctionGrant[] = [
  { role: 'worker', schema: 'latchkey', signature: 'make_audit_partition(date)' },
  { role: 'worker', schema: 'latchkey', signature: 'remove_ended_sessions(int)' },
  { role: 'worker', schema: 'latchkey', signature: 'close_owner_gate(text, text, timestamptz)' },
  { role: 'worker', schema: 'latchkey', signature: 'purge_tombstones(text, int, int)' },
  { role: 'worker', schema: 'latchkey', signature: 'drop_audit_partition(date, jsonb)' },
];

export const storeGrants: readonly TableGrant[] = [...API, ...WORKER];
