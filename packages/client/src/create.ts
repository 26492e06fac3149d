import type { ResourceName } from '@latchkey/core/policy';
import { type ApiOptions, createApi, type LatchkeyApi } from './client.ts';
import {
  expressMiddleware,
  type Middleware,
  type MiddlewareRequest,
  type RoutedRequest,
  requireMiddleware,
} from './express.ts';
import { createVerify, type Verify } from './verify.ts';

export interface LatchkeyClient {
  /** Every procedure of the API, typed. */
  readonly api: LatchkeyApi;
  /** Presented text -> verdict. @throws LatchkeyUnavailable */
  readonly verify: Verify;
  /** Verifies every HTTP request; `request.latchkey` holds the verdict. */
  express(): Middleware;
  /** Lets through who may do `action` on the resource that `resourceOf` names. */
  require<Req extends MiddlewareRequest = RoutedRequest>(
    action: string,
    resourceOf: (request: Req) => string | ResourceName,
  ): Middleware;
  /**
   * The same for one organization: every other organization's tokens are refused like unknown ones (TENANT-WALL). A
   * verifier credential may speak for many organizations, and two of them may well name a resource alike: a service
   * either uses this or looks at `request.latchkey.token.organizationId` itself.
   */
  forOrganization(organizationId: string): LatchkeyClient;
}

/**
 * What a sibling service uses. Each verification asks the API, so what was revoked is refused from the moment the
 * revoking call returned.
 */
export const createLatchkeyClient = (options: ApiOptions): LatchkeyClient => {
  const api = createApi(options);
  return clientOf(api, createVerify(api), null);
};

const clientOf = (api: LatchkeyApi, verify: Verify, organizationId: string | null): LatchkeyClient => ({
  api,
  verify,
  express: () => expressMiddleware(verify),
  require: (action, resourceOf) => requireMiddleware(verify, action, resourceOf, organizationId),
  forOrganization: (only) => clientOf(api, within(only, verify), only),
});

const within =
  (organizationId: string, verify: Verify): Verify =>
  async (presentedToken, origin) => {
    const verdict = await verify(presentedToken, { ...origin, organizationId });
    // The API has seen to it; an older one would not know the field and let another organization's token in.
    const elsewhere = verdict.accepted && verdict.token.organizationId !== organizationId;
    return elsewhere ? { accepted: false, status: 401 } : verdict;
  };
