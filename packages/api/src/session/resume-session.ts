import type { ApiDeps } from '../deps.ts';
import { memberLayers } from '../permissions/effective-layers.ts';
import type { MemberPrincipal } from '../principal.ts';
import { isSessionSecret } from './session-secret.ts';

const TOUCH_EVERY_MS = 60_000;

/**
 * Who is behind a session's cookie, with what they may do now; `null` where the session is unknown or has ended, or its
 * member is no longer active. The member is read live at each call: a removal ends the session at once (GATE-FIRST).
 * @throws StoreUnavailable, HostUnavailable
 */
export const resumeSession = async (
  deps: Pick<ApiDeps, 'store' | 'host' | 'crypto' | 'clock' | 'logger' | 'settings'>,
  secret: string,
): Promise<MemberPrincipal | null> => {
  if (!isSessionSecret(secret)) return null;
  const session = await deps.store.sessions.find(deps.crypto.sha256(secret));
  if (session === null) return null;
  const now = deps.clock.now();
  if (!(now < session.expiresAt && now < session.lastSeenAt + deps.settings.sessionIdleMs)) return null;

  const { organizationId, memberId } = session;
  const member = await deps.host.findMember(organizationId, memberId);
  if (member?.status !== 'active') return null;
  const layers = await memberLayers(deps, organizationId, member);
  if (now - session.lastSeenAt >= TOUCH_EVERY_MS) await deps.store.sessions.touch(session.digest, now);
  return {
    type: 'member',
    organizationId,
    member,
    layers,
    session: { createdAt: session.createdAt, digest: session.digest },
  };
};
