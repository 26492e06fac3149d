import type { ApiDeps } from '../deps.ts';
import type { Authentication, PresentedCredential } from './authentication.ts';

/**
 * Judges a presented personal or service token, and gives what it may do at this moment: out of the verifier's memory
 * where that is as good as asking the store, by asking otherwise (DEAD-ON-RETURN).
 * `within`: the organizations whose tokens count; `null` for all of them.
 * @throws StoreUnavailable, HostUnavailable: nothing is accepted, and it is no 401 either (FAIL-CLOSED).
 */
export const authenticateToken = async (
  { verifier }: Pick<ApiDeps, 'verifier'>,
  { text, address, client }: PresentedCredential,
  within: readonly string[] | null = null,
): Promise<Authentication> => {
  const verdict = await verifier.verify(text, { address, client, organizationIds: within });
  if (!verdict.accepted) return verdict;
  const { about, secretNumber, superseded, subject } = verdict;
  const { token, owner, layers } = subject;
  return {
    accepted: true,
    principal: { type: 'token', organizationId: about.organizationId, token, secretNumber, superseded, owner, layers },
  };
};
