import { type RefusalCase, refusalOf } from '@latchkey/contract';
import { InvalidResourceName, type Request as PermissionRequest, type ResourceName } from '@latchkey/core/policy';
import { findCredential } from '@latchkey/core/token';
import { LatchkeyUnavailable } from './unavailable.ts';
import type { Accepted, Refused, Verify } from './verify.ts';

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

/**
 * Verifies the one credential of each HTTP request and puts the verdict into `request.latchkey`; whoever is refused gets
 * the answer of TOKENS's table and goes no further. `Authorization` is taken off the request, so that nothing behind it
 * can forward or log it.
 */
export const expressMiddleware =
  (verify: Verify): Middleware =>
  (request, response, next) => {
    guard(response, next, request, async () => {
      if (await authenticate(verify, request, response)) next();
    });
  };

/**
 * Lets an HTTP request through whose token may do `action` on the resource that `resourceOf` names. Works behind
 * `express()` and alone. A resource name that can't be built (`InvalidResourceName`) is 400. `organizationId`: the only one
 * whose tokens count, also where an `express()` for all of them has verified before; `null` for every one.
 */
export const requireMiddleware =
  <Req extends MiddlewareRequest>(
    verify: Verify,
    action: string,
    resourceOf: (request: Req) => string | ResourceName,
    organizationId: string | null = null,
  ): Middleware =>
  (request, response, next) => {
    // The cast: only the framework knows what else its requests have, and the caller says it by `Req`.
    const authorize = async (accepted: Accepted): Promise<unknown> => {
      // TENANT-WALL: to this route, another organization's token is an unknown one.
      if (organizationId !== null && accepted.token.organizationId !== organizationId) {
        return refuse(response, request, 'invalid_credential');
      }
      const asked: PermissionRequest = { action, resource: resourceOf(request as Req) };
      const decision = await accepted.decide(asked);
      if (decision.effect === 'allow') return next();
      if (decision.effect === 'refused') return refuse(response, request, caseOf(decision.verdict));
      return refuse(response, request, 'not_allowed', decision.missing);
    };

    guard(response, next, request, async () => {
      const accepted = request.latchkey ?? (await authenticate(verify, request, response));
      if (accepted) await authorize(accepted);
    });
  };

/** Verifies the one credential; `null` where it was refused, which has been answered then. */
const authenticate = async (
  verify: Verify,
  request: MiddlewareRequest,
  response: MiddlewareResponse,
): Promise<Accepted | null> => {
  const found = findCredential({
    headers: request.headersDistinct,
    url: request.originalUrl ?? request.url ?? '',
  });
  if (found.type === 'none') return refuse(response, request, 'no_credential');
  if (found.type !== 'found') return refuse(response, request, 'bad_request');
  const verdict = await verify(found.presentedToken, {
    address: request.ip ?? request.socket.remoteAddress,
    client: request.headers['user-agent'],
  });
  if (!verdict.accepted) return refuse(response, request, caseOf(verdict));
  stripAuthorization(request);
  request.latchkey = verdict;
  // What one token may read is nobody else's to keep; a handler that knows better says so itself.
  response.setHeader('cache-control', 'no-store');
  return verdict;
};

const caseOf = (refused: Refused): RefusalCase => (refused.status === 401 ? 'invalid_credential' : 'forbidden');

/** Takes `Authorization` out of all forms in which Node keeps headers. */
const stripAuthorization = (request: MiddlewareRequest): void => {
  delete request.headers.authorization;
  delete request.headersDistinct['authorization'];
  for (let i = request.rawHeaders.length - 2; i >= 0; i -= 2) {
    if (request.rawHeaders[i]?.toLowerCase() === 'authorization') request.rawHeaders.splice(i, 2);
  }
};

/** FAIL-CLOSED: whatever is thrown, nobody gets through by it. */
const guard = (
  response: MiddlewareResponse,
  next: Next,
  request: MiddlewareRequest,
  work: () => Promise<unknown>,
): void => {
  work().catch((error: unknown) => {
    if (error instanceof InvalidResourceName) return refuse(response, request, 'bad_request');
    if (error instanceof LatchkeyUnavailable) return refuse(response, request, 'unavailable');
    next(error);
  });
};

const refuse = (
  response: MiddlewareResponse,
  request: MiddlewareRequest,
  refused: RefusalCase,
  missing?: { readonly action: string; readonly resource: string },
): null => {
  const { status, headers, body } = refusalOf(refused, {
    accept: request.headers.accept,
    ...(missing ? { missing } : {}),
  });
  response.writeHead(status, { ...headers }).end(body);
  return null;
};
