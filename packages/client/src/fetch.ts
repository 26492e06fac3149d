import { refusalOf } from '@latchkey/contract';
import type { ResourceName } from '@latchkey/core/policy';
import { callerAddress } from './caller-address.ts';
import type { GuardOptions } from './express.ts';
import { authenticate, authorize, type Outcome } from './guard.ts';
import type { Accepted } from './verify.ts';

/** What the middleware needs of a context that carries a fetch-style request; Hono's has it. */
export interface FetchContext {
  readonly req: { raw: Request };
  set(key: never, value: never): void;
  get(key: never): unknown;
  header(name: 'cache-control', value: string): void;
}

export interface FetchOptions<Given extends readonly unknown[]> {
  /** The address of the socket's peer, which a fetch-style request doesn't have. */
  readonly peerOf?: (...given: Given) => string | undefined;
}

/**
 * Middleware for Hono and its like: verifies the one credential, puts the verdict under `latchkey` into the context, and
 * a request without `Authorization` in the place of the one that came.
 */
export interface FetchMiddleware<Context extends FetchContext> {
  <C extends Context>(context: C, next: () => Promise<void>): Promise<Response | undefined>;
  /** Lets through whose token may do `action` on the resource; alone, or behind the middleware itself. */
  require(
    action: string,
    resourceOf: (context: Context) => string | ResourceName,
  ): <C extends Context>(context: C, next: () => Promise<void>) => Promise<Response | undefined>;
}

/** The key under which the context has the verdict. */
const KEY = 'latchkey' as never;

export const fetchMiddleware = <Context extends FetchContext>(
  options: GuardOptions,
  { peerOf }: FetchOptions<[Context]> = {},
): FetchMiddleware<Context> => {
  const verifyIn = (context: Context) => authenticateFetch(options, context.req.raw, peerOf?.(context));
  const goOn = async (context: Context, outcome: Outcome, next: () => Promise<void>) => {
    if (!outcome.passed) return toResponse(context.req.raw, outcome);
    context.req.raw = withoutAuthorization(context.req.raw);
    context.set(KEY, outcome.accepted as never);
    // What one token may read is nobody else's to keep; a handler that knows better says so itself.
    context.header('cache-control', 'no-store');
    await next();
    return undefined;
  };
  const middleware = async (context: Context, next: () => Promise<void>) =>
    goOn(context, await verifyIn(context), next);
  return Object.assign(middleware, {
    require:
      (action: string, resourceOf: (context: Context) => string | ResourceName) =>
      async (context: Context, next: () => Promise<void>) => {
        const verified = context.get(KEY) as Accepted | undefined;
        const outcome: Outcome = verified ? { passed: true, accepted: verified } : await verifyIn(context);
        if (!outcome.passed) return goOn(context, outcome, next);
        const { organizationId } = options;
        const demand = { action, organizationId, resourceOf: () => resourceOf(context) };
        return goOn(context, await authorize(outcome.accepted, demand), next);
      },
  });
};

/** A fetch-style handler of requests that were verified; `rest` is whatever else its server gives it. */
export type ProtectedHandler<Rest extends readonly unknown[]> = (
  request: Request,
  accepted: Accepted,
  ...rest: Rest
) => Response | Promise<Response>;

export interface ProtectOptions<Rest extends readonly unknown[]> extends FetchOptions<[request: Request, ...Rest]> {
  /** What the token has to be allowed to do, beside being good. */
  readonly require?: {
    readonly action: string;
    readonly resource: (request: Request, ...rest: Rest) => string | ResourceName;
  };
}

/** Makes a fetch-style handler of one that gets the verdict, and a request without `Authorization`. */
export const protectHandler =
  <Rest extends readonly unknown[]>(
    options: GuardOptions,
    handler: ProtectedHandler<Rest>,
    { require: demanded, peerOf }: ProtectOptions<Rest> = {},
  ): ((request: Request, ...rest: Rest) => Promise<Response>) =>
  async (request, ...rest) => {
    const { organizationId } = options;
    const verified = await authenticateFetch(options, request, peerOf?.(request, ...rest));
    const outcome =
      verified.passed && demanded
        ? await authorize(verified.accepted, {
            action: demanded.action,
            organizationId,
            resourceOf: () => demanded.resource(request, ...rest),
          })
        : verified;
    if (!outcome.passed) return toResponse(request, outcome);
    return notStored(await handler(withoutAuthorization(request), outcome.accepted, ...rest));
  };

/** Verifies the credential of a fetch-style request, whose headers join duplicates by a comma. */
export const authenticateFetch = (
  { verify, trustedProxyCount = 0 }: GuardOptions,
  request: Request,
  peer: string | undefined,
): Outcome | Promise<Outcome> => {
  const headers = Object.fromEntries([...request.headers].map(([name, value]) => [name, [value]]));
  const address = callerAddress(headers['x-forwarded-for'], peer, trustedProxyCount);
  return authenticate(verify, { headers, url: request.url, address });
};

const toResponse = (request: Request, outcome: Extract<Outcome, { readonly passed: false }>): Response => {
  const accept = request.headers.get('accept') ?? undefined;
  const { status, headers, body } = refusalOf(outcome.refused, { ...outcome, accept });
  return new Response(body, { status, headers: { ...headers } });
};

/** A copy: the headers of a request that came in may not be changed in every runtime. */
const withoutAuthorization = (request: Request): Request => {
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  return new Request(request, { headers });
};

const notStored = (response: Response): Response => {
  if (response.headers.has('cache-control')) return response;
  const headers = new Headers(response.headers);
  headers.set('cache-control', 'no-store');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
};
