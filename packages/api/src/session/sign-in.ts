import type { Tx } from '@latchkey/core';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import { isSessionSecret, newSessionSecret } from './session-secret.ts';

export interface SignInInput {
  /** The link's secret, as it came. */
  readonly link: unknown;
  /** The session that the browser had before: it ends here (rotation at sign-in). */
  readonly formerSecret: string | null;
  readonly call: CallOrigin;
}

/** `sessionSecret` goes into the cookie and nowhere else. An unknown, a used and an expired link are all `false`. */
export type SignIn =
  | {
      readonly signedIn: true;
      readonly sessionSecret: string;
      readonly organizationId: string;
      readonly member: { readonly memberId: string; readonly name: string };
    }
  | { readonly signedIn: false };

/**
 * Takes a one-time link and begins a session with a fresh secret. Of many callers at once one gets it: the link is
 * consumed in the transaction that writes the session and its audit event.
 */
export const signIn = async (deps: SignInDeps, input: SignInInput): Promise<SignIn> => {
  const { store, crypto } = deps;
  if (!isSessionSecret(input.link)) return { signedIn: false };
  const digest = crypto.sha256(input.link);
  return store.unitOfWork.run(async (tx) => {
    const owner = await store.signInLinks.consume(tx, digest, deps.clock.now());
    // Removed since the link was made: the link is used up all the same.
    return owner === null ? { signedIn: false } : beginSession(deps, tx, owner, 'sign_in_link', input);
  });
};

/** Begins a session of a member of the demo, for whoever asks. The caller has made sure that this is the demo. */
export const signInAs = async (
  deps: SignInDeps,
  who: Who,
  input: Pick<SignInInput, 'formerSecret' | 'call'>,
): Promise<SignIn> => deps.store.unitOfWork.run((tx) => beginSession(deps, tx, who, 'demo', input));

type SignInDeps = Pick<ApiDeps, 'store' | 'host' | 'crypto' | 'clock' | 'settings'>;

interface Who {
  readonly organizationId: string;
  readonly memberId: string;
}

const beginSession = async (
  deps: SignInDeps,
  tx: Tx,
  { organizationId, memberId }: Who,
  by: 'sign_in_link' | 'demo',
  input: Pick<SignInInput, 'formerSecret' | 'call'>,
): Promise<SignIn> => {
  const { store, crypto } = deps;
  // GATE-FIRST: held until the session is committed; a removal waits for it and ends it, or has closed it before.
  const gate = await store.ownerGates.lockForShare(organizationId, memberId, tx);
  const member = await deps.host.findMember(organizationId, memberId, tx);
  if (member?.status !== 'active' || gate.closed) return { signedIn: false };

  if (isSessionSecret(input.formerSecret)) await store.sessions.remove(tx, crypto.sha256(input.formerSecret));
  const now = deps.clock.now();
  const sessionSecret = newSessionSecret(crypto);
  await store.sessions.insert(tx, {
    digest: crypto.sha256(sessionSecret),
    organizationId,
    memberId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + deps.settings.sessionAbsoluteMs,
  });
  await store.audit.append(tx, [
    {
      organizationId,
      at: now,
      actor: { type: 'member', id: memberId },
      action: 'member.signed_in',
      target: { type: 'member', id: memberId },
      reason: null,
      ...input.call,
      details: { by },
    },
  ]);
  return { signedIn: true, sessionSecret, organizationId, member: { memberId, name: member.name } };
};
