import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { UNVOUCHED } from '@latchkey/core/verifier';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';

const RETRY_AFTER_SECONDS = 5;

/**
 * What a sibling service has missed, and what is left of this node's lease: what it has applied counts as acknowledged
 * before anything else, so that a stop need not wait for the end of a wait. Last uses and
 * counted decisions are taken on the way.
 * @throws LatchkeyError UNAUTHORIZED where the credential was stopped meanwhile, TOO_MANY_REQUESTS where it has as many
 * registrations as it may.
 */
export const pollForSibling = async (
  { verifier, verifying, uses, decisions }: Pick<ApiDeps, 'verifier' | 'verifying' | 'uses' | 'decisions'>,
  { principal: { credential, stands } }: VerifierCaller,
  input: ParsedInput<'verify', 'poll'>,
  signal?: AbortSignal,
): Promise<Output<'verify', 'poll'>> => {
  const { siblings, wakeUps, nodeId, clocks } = verifying;
  const { credentialId, organizationIds } = credential;
  const by = { credentialId, organizationIds };
  // TENANT-WALL: nobody says of others' tokens that they were used.
  const isTheirs = (said: { readonly organizationId: string }) =>
    organizationIds === null || organizationIds.includes(said.organizationId);
  for (const use of input.uses ?? []) if (isTheirs(use)) uses.note(use);
  for (const counted of input.decisions ?? []) if (isTheirs(counted)) decisions?.add(counted);
  const { registration, waitMs = 0, leaving = false } = input;
  if (leaving) {
    if (registration !== null) siblings.leave(by, registration.id);
    return nothingMore(nodeId, registration?.id ?? '', clocks.wall());
  }
  if (registration !== null && waitMs > 0) {
    // No lease begins before the answer does.
    const missed = siblings.poll(by, registration, clocks.monotonic());
    const isNew = missed === null || missed.reset || missed.version !== registration.version;
    if (!isNew) await wakeUps.next(['changes', 'closing'], waitMs, signal);
  }
  // DEAD-ON-RETURN: the credential was good when the call began, a slow body and a long wait ago, and a lease that begins
  // after its revocation was applied would outlive it. What was applied while it was looked at has it looked at once more.
  let judgedAt = -1;
  while (judgedAt !== siblings.version()) {
    judgedAt = siblings.version();
    const standing = stands();
    if (!(standing instanceof Promise ? await standing : standing)) throw new LatchkeyError('UNAUTHORIZED');
  }
  // From here on without a pause: lease, version and snapshot belong together.
  const now = clocks.monotonic();
  const lease = verifier.lease();
  const answer = siblings.poll(by, registration, lease?.until ?? now);
  if (answer === null) throw new LatchkeyError('TOO_MANY_REQUESTS', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  const { registrationId, version, changes, reset } = answer;
  return {
    nodeId,
    registrationId,
    coherence: (lease && verifier.coherence()) ?? UNVOUCHED,
    version,
    changes: [...changes],
    reset,
    leaseMs: lease === null ? 0 : Math.max(0, Math.floor(lease.until - now)),
    now: lease?.databaseNow ?? clocks.wall(),
    closing: wakeUps.isClosing(),
  };
};

/** For who has left: no lease, and nothing that it would have to apply. */
const nothingMore = (nodeId: string, registrationId: string, now: number): Output<'verify', 'poll'> => ({
  ...{ nodeId, registrationId, now },
  coherence: UNVOUCHED,
  version: 0,
  changes: [],
  reset: true,
  leaseMs: 0,
  closing: true,
});
