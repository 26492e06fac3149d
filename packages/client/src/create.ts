import type { ResourceName } from '@latchkey/core/policy';
import { goOn } from './at-once.ts';
import { checkProxyCount } from './caller-address.ts';
import { type ApiOptions, createApi, type LatchkeyApi } from './client.ts';
import {
  expressMiddleware,
  type GuardOptions,
  type Middleware,
  type MiddlewareRequest,
  type RoutedRequest,
  requireMiddleware,
} from './express.ts';
import {
  type FetchContext,
  type FetchMiddleware,
  type FetchOptions,
  fetchMiddleware,
  type ProtectedHandler,
  type ProtectOptions,
  protectHandler,
} from './fetch.ts';
import { type TrpcContext, type TrpcGuard, trpcMiddleware } from './trpc.ts';
import { type CacheOptions, rememberVerdicts, type VerifyingMetrics } from './verifier/remember-verdicts.ts';
import { createVerify, type Decide, type Verify } from './verify.ts';

export interface ClientOptions extends ApiOptions {
  /**
   * How many proxies in front of this service append to X-Forwarded-For: the caller's address is found that many entries
   * from the right, and a token with address ranges is refused where there are fewer. Left out: what express says
   * (`trust proxy`), or the socket's peer.
   */
  readonly trustedProxyCount?: number;
  /**
   * Bounds of the memory that verdicts are answered from; `false` asks the API at each verification, which suits a program
   * that verifies once and ends. A runtime without Node's `crypto.hash` has no memory either way.
   */
  readonly cache?: CacheOptions | false;
}

export interface LatchkeyClient {
  /** Every procedure of the API, typed. */
  readonly api: LatchkeyApi;
  /** Presented text -> verdict, which is there at once where memory holds it. @throws LatchkeyUnavailable as a rejection */
  readonly verify: Verify;
  /**
   * Verifies and decides as one, for whoever needs no more of a token than whether it may do this. @throws LatchkeyUnavailable
   * as a rejection
   */
  readonly decide: Decide;
  /** Verifies every HTTP request; `request.latchkey` holds the verdict. */
  express(): Middleware;
  /** Lets through who may do `action` on the resource that `resourceOf` names. */
  require<Req extends MiddlewareRequest = RoutedRequest>(
    action: string,
    resourceOf: (request: Req) => string | ResourceName,
  ): Middleware;
  /** Middleware for Hono and its like: `app.use(guard)`, `app.post(path, guard.require(action, resourceOf), handler)`. */
  fetch<Context extends FetchContext = FetchContext>(options?: FetchOptions<[Context]>): FetchMiddleware<Context>;
  /** A fetch-style handler (Workers, Deno, Bun, route handlers) that only sees verified requests. */
  protect<Rest extends readonly unknown[]>(
    handler: ProtectedHandler<Rest>,
    options?: ProtectOptions<Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response>;
  /** Middleware for tRPC procedures: `t.procedure.use(guard)`, `.use(guard.require(action, resourceOf))`. */
  trpc<Context extends TrpcContext = TrpcContext>(options?: FetchOptions<[Request]>): TrpcGuard<Context>;
  /**
   * The same for one organization: every other organization's tokens are refused like unknown ones (TENANT-WALL). A
   * verifier credential may speak for many organizations, and two of them may well name a resource alike: a service
   * either uses this or looks at `request.latchkey.token.organizationId` itself.
   */
  forOrganization(organizationId: string): LatchkeyClient;
  /** How well the memory serves, for this service's own metrics; `null` without one. */
  metrics(): VerifyingMetrics | null;
  /** Trusts nothing any more and stops following Latchkey, which keeps a process alive. Afterwards each verification asks. */
  close(): Promise<void>;
}

/**
 * What a sibling service uses. A token that was verified is answered out of memory, in microseconds, and what was revoked is
 * refused from the moment the revoking call returned (DEAD-ON-RETURN): the memory counts only under a lease.
 */
export const createLatchkeyClient = (options: ClientOptions): LatchkeyClient => {
  const { trustedProxyCount } = options;
  checkProxyCount(trustedProxyCount);
  const api = createApi(options);
  const memory = options.cache === false ? null : rememberVerdicts(api, options.cache ?? {});
  const verify = memory?.verify ?? createVerify(api);
  const lifetime = {
    remembered: memory?.decide ?? null,
    metrics: () => memory?.metrics() ?? null,
    close: async () => memory?.close(),
  };
  return clientOf(api, { verify, organizationId: null, trustedProxyCount }, lifetime);
};

interface Lifetime extends Pick<LatchkeyClient, 'metrics' | 'close'> {
  /** Decides out of memory; `null` without one. */
  readonly remembered: Decide | null;
}

const clientOf = (api: LatchkeyApi, options: GuardOptions, { remembered, ...lifetime }: Lifetime): LatchkeyClient => ({
  ...lifetime,
  api,
  verify: options.verify,
  decide: remembered === null ? decideWith(options.verify) : decideWithin(options.organizationId, remembered),
  express: () => expressMiddleware(options),
  require: (action, resourceOf) => requireMiddleware(options, action, resourceOf),
  fetch: (given) => fetchMiddleware(options, given),
  protect: (handler, given) => protectHandler(options, handler, given),
  trpc: (given) => trpcMiddleware(options, given),
  forOrganization: (organizationId) =>
    clientOf(
      api,
      { ...options, organizationId, verify: within(organizationId, options.verify) },
      { remembered, ...lifetime },
    ),
});

const decideWithin = (organizationId: string | null, decide: Decide): Decide =>
  organizationId === null
    ? decide
    : (presentedToken, request, origin) => decide(presentedToken, request, { ...origin, organizationId });

const decideWith =
  (verify: Verify): Decide =>
  (presentedToken, request, origin) =>
    goOn(verify(presentedToken, origin), (verdict) =>
      verdict.accepted ? verdict.decide(request) : { effect: 'refused', verdict },
    );

const within =
  (organizationId: string, verify: Verify): Verify =>
  (presentedToken, origin) =>
    goOn(verify(presentedToken, { ...origin, organizationId }), (verdict) => {
      // The API has seen to it; an older one would not know the field and let another organization's token in.
      const elsewhere = verdict.accepted && verdict.token.organizationId !== organizationId;
      return elsewhere ? { accepted: false, status: 401 } : verdict;
    });
