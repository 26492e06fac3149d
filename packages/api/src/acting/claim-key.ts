import type { Tx } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { IdempotencyScope } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { actorOf } from './act.ts';

/** A call that may be repeated: which procedure, with which input, as the contract has parsed it. */
export interface Repeatable {
  readonly procedure: string;
  readonly input: { readonly idempotencyKey?: string | undefined };
}

/** Whose key it is; `null` where the call came without one. */
export const scopeOf = ({ principal }: Caller, { procedure, input }: Repeatable): IdempotencyScope | null =>
  input.idempotencyKey === undefined
    ? null
    : { organizationId: principal.organizationId, actor: actorOf(principal), procedure, key: input.idempotencyKey };

/**
 * Takes a call's idempotency key in the transaction that does the work. `null` for a key that is new; otherwise what the
 * first call has kept, for the same input only.
 */
export const claimKey = async (
  { store, crypto }: Pick<ApiDeps, 'store' | 'crypto'>,
  tx: Tx,
  scope: IdempotencyScope,
  { idempotencyKey: _, ...input }: Repeatable['input'],
): Promise<{ readonly kept: unknown } | null> => {
  const now = await store.now(tx);
  // The schemas give inputs their keys in one order, and defaults filled in.
  const digest = crypto.sha256(JSON.stringify(input));
  const claim = await store.idempotencyKeys.claim(tx, scope, digest, now);
  switch (claim.outcome) {
    case 'first':
      return null;
    case 'too_many':
      throw new LatchkeyError('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil((claim.until - now) / 1_000) });
    case 'repeated':
      if (!crypto.equal(claim.digest, digest)) throw new LatchkeyError('IDEMPOTENCY_MISMATCH');
      return { kept: claim.kept };
  }
};
