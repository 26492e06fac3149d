import type { Output } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';

const EVERY_MS = 30_000;

/**
 * Wake-ups for a sibling service, until it leaves, its credential is stopped or this node ends. What they say is nothing to
 * rely on: it polls.
 */
export async function* wakeSibling(
  { verifying }: Pick<ApiDeps, 'verifying'>,
  { principal: { credential, stands } }: VerifierCaller,
  signal: AbortSignal | undefined,
): AsyncGenerator<Output<'verify', 'subscribe'>, void, undefined> {
  const { siblings, wakeUps, subscriptions } = verifying;
  // BOUNDED-WORK: as many as there may be siblings.
  if (!subscriptions.enter(credential.credentialId))
    throw new LatchkeyError('TOO_MANY_REQUESTS', { retryAfterSeconds: 5 });
  try {
    // A credential that was stopped hears of nothing that comes after: what stops it wakes everybody.
    while (signal?.aborted !== true && !wakeUps.isClosing() && (await stands())) {
      yield { version: siblings.version() };
      await wakeUps.next(['changes', 'closing'], EVERY_MS, signal);
    }
  } finally {
    subscriptions.leave(credential.credentialId);
  }
}
