import type { ServerResponse } from 'node:http';
import { refusalOf } from '@latchkey/contract';
import { type ErrorCode, LatchkeyError } from '@latchkey/core/errors';
import { getTRPCErrorShape, type TRPCError } from '@trpc/server';
import type { ApiContext, CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../principal.ts';
import { clearSessionCookie } from '../session/session-cookie.ts';
import type { LatchkeyErrorShape } from '../trpc/error-shape.ts';
import type { AppRouter } from '../trpc/router.ts';
import { toTrpcError } from '../trpc/to-trpc-error.ts';

export const RETRY_AFTER_SECONDS = 1;

/** What procedures run with, for one HTTP request. */
export const contextFor = (
  deps: ApiDeps,
  response: ServerResponse,
  { principal, call }: { readonly principal: Principal | null; readonly call: CallOrigin },
): ApiContext => ({ deps, principal, call, clearSession: () => clearSessionCookie(response) });

/** A refusal that no procedure has spoken, in the shape in which procedures speak theirs. */
export const shapeOfRefusal = (router: AppRouter, refusal: LatchkeyError): LatchkeyErrorShape =>
  getTRPCErrorShape({
    config: router._def._config,
    error: toTrpcError(refusal),
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx: undefined,
  });

/** The headers of TOKENS's table, where one call was refused for it; a batch has no status of its own to speak of. */
export const headersFor = (errors: readonly TRPCError[], context: ApiContext): Record<string, string> => {
  const code = errors.length === 1 ? codeOf(errors[0]) : null;
  // With a principal: its credential was stopped while the call lasted.
  if (code === 'UNAUTHORIZED') return challenge(context.principal === null ? 'no_credential' : 'invalid_credential');
  if (code === 'NOT_ALLOWED') return challenge('not_allowed');
  if (code === 'STORE_UNAVAILABLE' || code === 'HOST_UNAVAILABLE') return challenge('unavailable');
  return {};
};

/** What a refusal says beside its body, whose shape is tRPC's here. */
export const challenge = (refused: Parameters<typeof refusalOf>[0]): Record<string, string> => {
  const { 'content-type': _, ...headers } = refusalOf(refused).headers;
  return headers;
};

const codeOf = (error: TRPCError | undefined): ErrorCode | null =>
  error?.cause instanceof LatchkeyError ? error.cause.code : null;
