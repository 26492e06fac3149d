import type { Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { ApiDeps } from '../deps.ts';
import { newSessionSecret } from './session-secret.ts';

/** A link that signs a member in, once. Whoever has it is that member: it goes to them and into no log. */
export interface SignInLink {
  readonly organizationId: string;
  readonly memberId: string;
  readonly url: string;
  readonly expiresAt: Instant;
}

/** Makes a one-time link for an active member. @throws LatchkeyError NOT_FOUND, MEMBER_REMOVED */
export const issueSignInLink = async (
  deps: Pick<ApiDeps, 'store' | 'host' | 'crypto' | 'clock' | 'settings'>,
  organizationId: string,
  memberId: string,
): Promise<SignInLink> => {
  const member = await deps.host.findMember(organizationId, memberId);
  if (member === null) throw new LatchkeyError('NOT_FOUND');
  if (member.status !== 'active') throw new LatchkeyError('MEMBER_REMOVED');
  const secret = newSessionSecret(deps.crypto);
  const createdAt = deps.clock.now();
  const expiresAt = createdAt + deps.settings.signInLinkMs;
  await deps.store.unitOfWork.run((tx) =>
    deps.store.signInLinks.insert(tx, {
      digest: deps.crypto.sha256(secret),
      organizationId,
      memberId,
      createdAt,
      expiresAt,
    }),
  );
  return { organizationId, memberId, url: `${deps.settings.publicUrl}/sign-in?link=${secret}`, expiresAt };
};
