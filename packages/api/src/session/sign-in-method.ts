import type { IncomingMessage } from 'node:http';
import type { Instant } from '@latchkey/core';
import type { ApiDeps } from '../deps.ts';
import { memberLayers } from '../permissions/effective-layers.ts';
import type { MemberPrincipal } from '../principal.ts';
import { resumeSession } from './resume-session.ts';
import { readSessionCookies } from './session-cookie.ts';

/** Which member makes an HTTP request, as the host says; `null` for nobody. `signedInAt`: when they proved it. */
export type AuthenticateMember = (
  request: IncomingMessage,
) => Promise<{ readonly organizationId: string; readonly memberId: string; readonly signedInAt: Instant } | null>;

/** How members are known to us: by our sessions, by their host, or not at all. */
export interface SignInMethod {
  /** `host` and `none` have no sign-in page of ours. */
  readonly type: 'links' | 'host' | 'none';
  /** Whether an Authorization header that is no token of ours may say who the member is. */
  readonly readsAuthorization: boolean;
  /** How many sessions of ours the request brings, before anything of them is believed. */
  presented(request: IncomingMessage): 'none' | 'one' | 'several';
  /** @throws StoreUnavailable, HostUnavailable */
  identify(request: IncomingMessage): Promise<MemberPrincipal | null>;
}

/** Members sign in with one-time links; a cookie says who they are from then on. */
export const sessionSignIn = (deps: ApiDeps): SignInMethod => ({
  type: 'links',
  readsAuthorization: false,
  presented: (request) => {
    const { length } = readSessionCookies(request.headers.cookie);
    return length === 0 ? 'none' : length === 1 ? 'one' : 'several';
  },
  identify: async (request) => {
    const [secret] = readSessionCookies(request.headers.cookie);
    return secret === undefined ? null : resumeSession(deps, secret);
  },
});

/** The host signs its members in and says who is calling; what they may do is still read live, by their id. */
export const hostSignIn = (deps: ApiDeps, authenticateMember: AuthenticateMember): SignInMethod => ({
  type: 'host',
  readsAuthorization: true,
  presented: () => 'none',
  identify: async (request) => {
    const known = await authenticateMember(request);
    if (known === null) return null;
    const { organizationId, memberId, signedInAt } = known;
    const member = await deps.host.findMember(organizationId, memberId);
    if (member?.status !== 'active') return null;
    const layers = await memberLayers(deps, organizationId, member);
    return { type: 'member', organizationId, member, layers, session: { createdAt: signedInAt, digest: null } };
  },
});

/** Nobody signs in here: tokens and the installation's credentials only. */
export const noSignIn: SignInMethod = {
  type: 'none',
  readsAuthorization: false,
  presented: () => 'none',
  identify: async () => null,
};
