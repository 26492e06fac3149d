export { InvalidResourceName, type Request, type ResourceName, resource } from '@latchkey/core/policy';
export { type ApiOptions, createApi, type LatchkeyApi } from './client.ts';
export { type ClientOptions, createLatchkeyClient, type LatchkeyClient } from './create.ts';
export type { Middleware, MiddlewareRequest, MiddlewareResponse, Next, RoutedRequest } from './express.ts';
export type { FetchContext, FetchMiddleware, FetchOptions, ProtectedHandler, ProtectOptions } from './fetch.ts';
export type { LatchkeyErrorShape, LatchkeyRouter } from './router.ts';
export { CallRefused, refusalMeta, type TrpcContext, type TrpcGuard, type VerifiedContext } from './trpc.ts';
export { LatchkeyUnavailable, VerifierCredentialRefused } from './unavailable.ts';
export type { Accepted, Decided, Origin, Refused, Verdict, VerifiedToken, Verify } from './verify.ts';
