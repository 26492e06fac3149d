import { refusalOf } from '@latchkey/contract';
import type { ResourceName } from '@latchkey/core/policy';
import { goOn } from './at-once.ts';
import { callerAddress } from './caller-address.ts';
import { authenticate, authorize, type Outcome } from './guard.ts';
import type { Accepted, Verify } from './verify.ts';

/**
 * What the middleware needs of an express request; connect-style frameworks have the same. Written out instead of taken
 * from Node's types, so that a browser's program can use this package without them.
 */
export interface MiddlewareRequest {
  readonly headers: {
    authorization?: string | undefined;
    accept?: string | undefined;
    'user-agent'?: string | undefined;
  };
  readonly headersDistinct: Record<string, string[] | undefined>;
  readonly rawHeaders: string[];
  readonly url?: string | undefined;
  /** Path and query before any router took its part. */
  readonly originalUrl?: string;
  /** The caller's address, after the proxies that express was told to trust. */
  readonly ip?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
  latchkey?: Accepted;
}

export interface MiddlewareResponse {
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers: Record<string, string>): { end(body: string): unknown };
}

declare global {
  // The name by which @types/express lets others add to its requests; without that package it is an empty word.
  namespace Express {
    interface Request {
      /** The verdict on the presented token; there behind `latchkey.express()` and `latchkey.require()`. */
      latchkey?: Accepted;
    }
  }
}

/** A request behind a route, with what the route's path matched. */
export interface RoutedRequest extends MiddlewareRequest {
  // biome-ignore lint/suspicious/noExplicitAny: what a route's path matches is the framework's to type, each in its own way; `resource()` checks every part when it is called.
  readonly params: any;
}

export type Next = (error?: unknown) => void;
export type Middleware = (request: MiddlewareRequest, response: MiddlewareResponse, next: Next) => void;

/** Whose word counts, and of whom. */
export interface GuardOptions {
  readonly verify: Verify;
  /** The only organization whose tokens count; `null` for every one. */
  readonly organizationId: string | null;
  /** How many proxies in front append to X-Forwarded-For; left out, what the framework says of the caller's address. */
  readonly trustedProxyCount: number | undefined;
}

/**
 * Verifies the one credential of each HTTP request and puts the verdict into `request.latchkey`; whoever is refused gets
 * the answer of TOKENS's table and goes no further. `Authorization` is taken off the request, so that nothing behind it
 * can forward or log it.
 */
export const expressMiddleware =
  (options: GuardOptions): Middleware =>
  (request, response, next) => {
    answer(request, response, next, () => authenticateNode(options, request));
  };

/**
 * Lets an HTTP request through whose token may do `action` on the resource that `resourceOf` names. Works behind
 * `express()` and alone, also where an `express()` for all organizations has verified before. A resource name that can't
 * be built (`InvalidResourceName`) is 400.
 */
export const requireMiddleware =
  <Req extends MiddlewareRequest>(
    options: GuardOptions,
    action: string,
    resourceOf: (request: Req) => string | ResourceName,
  ): Middleware =>
  (request, response, next) => {
    answer(request, response, next, () => {
      const verified = request.latchkey;
      const authenticated: Outcome | Promise<Outcome> = verified
        ? { passed: true, accepted: verified }
        : authenticateNode(options, request);
      return goOn(authenticated, (outcome) => {
        if (!outcome.passed) return outcome;
        const { organizationId } = options;
        // The cast: only the framework knows what else its requests have, and the caller says it by `Req`.
        return authorize(outcome.accepted, { action, organizationId, resourceOf: () => resourceOf(request as Req) });
      });
    });
  };

/** Verifies the credential of a request in Node's form. */
export const authenticateNode = (
  { verify, trustedProxyCount }: GuardOptions,
  request: MiddlewareRequest,
): Outcome | Promise<Outcome> => {
  const { headersDistinct: headers, rawHeaders, socket } = request;
  const address =
    trustedProxyCount === undefined
      ? (request.ip ?? socket.remoteAddress)
      : callerAddress(headers['x-forwarded-for'], socket.remoteAddress, trustedProxyCount);
  const url = request.originalUrl ?? request.url ?? '';
  return authenticate(verify, { headers, headerCount: rawHeaders.length / 2, url, address });
};

const answer = (
  request: MiddlewareRequest,
  response: MiddlewareResponse,
  next: Next,
  judge: () => Outcome | Promise<Outcome>,
): void => {
  const proceed = (outcome: Outcome) => {
    if (!outcome.passed) {
      const { status, headers, body } = refusalOf(outcome.refused, { ...outcome, accept: request.headers.accept });
      response.writeHead(status, { ...headers }).end(body);
      return;
    }
    stripAuthorization(request);
    request.latchkey = outcome.accepted;
    // What one token may read is nobody else's to keep; a handler that knows better says so itself.
    response.setHeader('cache-control', 'no-store');
    next();
  };
  const outcome = judge();
  if (outcome instanceof Promise) outcome.then(proceed, next);
  else proceed(outcome);
};

/** Takes `Authorization` out of all forms in which Node keeps headers. */
const stripAuthorization = (request: MiddlewareRequest): void => {
  delete request.headers.authorization;
  delete request.headersDistinct['authorization'];
  for (let i = request.rawHeaders.length - 2; i >= 0; i -= 2) {
    if (request.rawHeaders[i]?.toLowerCase() === 'authorization') request.rawHeaders.splice(i, 2);
  }
};
