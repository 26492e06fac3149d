import { type Refusal, refusalOf } from '@latchkey/contract';
import type { ResourceName } from '@latchkey/core/policy';
import { TRPCError, type TRPCMiddlewareFunction } from '@trpc/server';
import { authenticateNode, type GuardOptions, type MiddlewareRequest } from './express.ts';
import { authenticateFetch, type FetchOptions } from './fetch.ts';
import { authorize, type Outcome } from './guard.ts';
import type { Accepted } from './verify.ts';

/** What the middleware needs of a procedure's context: the HTTP request, as the adapter gives it to `createContext`. */
export interface TrpcContext {
  readonly req: MiddlewareRequest | Request;
}

/** What a procedure behind the middleware finds in its context; `req` is one without `Authorization`. */
export interface VerifiedContext<Context extends TrpcContext> {
  readonly latchkey: Accepted;
  readonly req: Context['req'];
}

type TrpcMiddleware<Context extends TrpcContext, Input> = TRPCMiddlewareFunction<
  Context,
  object,
  object,
  VerifiedContext<Context>,
  Input
>;

/**
 * Middleware for tRPC procedures: `t.procedure.use(latchkey.trpc())`. Each call is verified for itself, also those that come
 * over one long-lived connection.
 */
export interface TrpcGuard<Context extends TrpcContext> extends TrpcMiddleware<Context, unknown> {
  /** Lets through whose token may do `action` on the resource; behind `.input()` it knows the input. */
  require<Input = unknown>(
    action: string,
    resourceOf: (call: { readonly ctx: Context; readonly input: Input }) => string | ResourceName,
  ): TrpcMiddleware<Context, Input>;
}

/** The cause of the TRPCError that a refused call throws: the answer of TOKENS's table. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`Refused with ${refusal.status}.`);
    this.refusal = refusal;
  }
}

export const trpcMiddleware = <Context extends TrpcContext>(
  options: GuardOptions,
  fetchOptions: FetchOptions<[Request]> = {},
): TrpcGuard<Context> => {
  const verifyIn = async ({ req }: TrpcContext): Promise<Outcome> => {
    if (isFetch(req)) return authenticateFetch(options, req, fetchOptions.peerOf?.(req));
    // An express() in front has taken the credential off, and has left its verdict.
    return req.latchkey ? { passed: true, accepted: req.latchkey } : authenticateNode(options, req);
  };
  const middleware: TrpcMiddleware<Context, unknown> = async ({ ctx, next }) =>
    next({ ctx: enter(ctx, await verifyIn(ctx)) });
  return Object.assign(middleware, {
    require:
      <Input>(
        action: string,
        resourceOf: (call: { readonly ctx: Context; readonly input: Input }) => string | ResourceName,
      ): TrpcMiddleware<Context, Input> =>
      async ({ ctx: given, input, next }) => {
        // The cast: tRPC computes the context's type again, and the compiler doesn't see that nothing was overwritten.
        const ctx = given as unknown as Context;
        const verified = await verifyIn(ctx);
        if (!verified.passed) return next({ ctx: enter(ctx, verified) });
        const { organizationId } = options;
        const demand = { action, organizationId, resourceOf: () => resourceOf({ ctx, input }) };
        return next({ ctx: enter(ctx, await authorize(verified.accepted, demand)) });
      },
  });
};

/**
 * For the adapter's `responseMeta`: the headers of TOKENS's table where one call was refused for its credential; a batch has
 * no status of its own to speak of.
 */
export const refusalMeta = ({
  errors,
}: {
  readonly errors: readonly { readonly cause?: unknown }[];
}): { headers?: Record<string, string> } => {
  const [error] = errors;
  if (errors.length !== 1 || !(error?.cause instanceof CallRefused)) return {};
  const { 'content-type': _, ...headers } = error.cause.refusal.headers;
  return { headers };
};

const codes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<Refusal['status'], TRPCError['code']>;

/** What is added to the context of whoever may enter. @throws TRPCError */
const enter = <Context extends TrpcContext>(ctx: Context, outcome: Outcome): VerifiedContext<Context> => {
  if (outcome.passed) return { latchkey: outcome.accepted, req: withoutAuthorization(ctx.req) };
  const refusal = refusalOf(outcome.refused, outcome);
  throw new TRPCError({ code: codes[refusal.status], message: 'Refused.', cause: new CallRefused(refusal) });
};

const isFetch = (request: MiddlewareRequest | Request): request is Request =>
  typeof (request as Request).headers.get === 'function';

/**
 * A view without the credential. The request itself keeps it: the other calls of a batch, and the next message on the same
 * connection, are verified for themselves.
 */
const withoutAuthorization = <Req extends MiddlewareRequest | Request>(request: Req): Req => {
  if (isFetch(request)) {
    const headers = new Headers(request.headers);
    headers.delete('authorization');
    const { url, method, signal } = request;
    // Without its body: that is the adapter's to read. The cast: `isFetch` has narrowed it.
    return new Request(url, { method, headers, signal }) as Req;
  }
  const { authorization: _, ...headers } = request.headers;
  const { authorization: __, ...headersDistinct } = request.headersDistinct;
  const rawHeaders = request.rawHeaders.filter(
    (_, index, all) => all[index - (index % 2)]?.toLowerCase() !== 'authorization',
  );
  const values = { headers, headersDistinct, rawHeaders };
  return Object.create(request, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])));
};
