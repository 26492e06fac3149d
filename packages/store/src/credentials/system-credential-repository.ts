import type { Instant, Tx } from '@latchkey/core';
import type { SecretRecord } from '../tokens/token-record.ts';
import type { NewSecret } from '../tokens/token-repository.ts';

/** The installation's own credential (`sys`): no permissions of any organization. */
export interface SystemCredentialRecord {
  /** A token id with the routing key `000`. */
  readonly credentialId: string;
  readonly role: 'verifier' | 'operator';
  readonly name: string;
  /** `null`: all organizations. */
  readonly organizationIds: readonly string[] | null;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
  /** The installation's credentials were recalled after its issue; for good, as marks only grow. */
  readonly recalled: boolean;
}

export interface SystemCredentialRepository {
  lookUp(credentialId: string): Promise<{
    readonly credential: SystemCredentialRecord;
    readonly secrets: readonly SecretRecord[];
    /** Read by the same statement. */
    readonly coherence: { readonly incarnation: string | null };
    readonly now: Instant;
  } | null>;
  list(): Promise<readonly SystemCredentialRecord[]>;
  insert(tx: Tx, credential: Omit<SystemCredentialRecord, 'revokedAt' | 'recalled'>, secret: NewSecret): Promise<void>;
  revoke(
    tx: Tx,
    credentialId: string,
    at: Instant,
    spent: readonly { readonly number: number; readonly digest: Uint8Array }[],
  ): Promise<void>;
}
