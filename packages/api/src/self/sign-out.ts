import type { Output } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { act } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';

/** Ends the session that calls. A token opens no session, so it has none to end. */
export const signOut = async (
  deps: ApiDeps,
  by: Caller,
  clearSession: () => void,
): Promise<Output<'self', 'signOut'>> => {
  const { principal } = by;
  if (principal.type !== 'member') throw new LatchkeyError('CREDENTIAL_KIND', { expected: 'member' });
  const { digest } = principal.session;
  // Where the host signs members in, their sessions are the host's to end.
  if (digest === null) throw new LatchkeyError('HOST_OWNS_THIS');
  await act(deps, by, {}, async ({ tx, audit }) => {
    await deps.store.sessions.remove(tx, digest);
    await audit({ action: 'member.signed_out', target: { type: 'member', id: principal.member.memberId } });
  });
  clearSession();
  return { signedOut: true };
};
