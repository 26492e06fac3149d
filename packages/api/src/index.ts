export type { ApiContext, CallOrigin } from './context.ts';
export type { LatchkeyErrorData, LatchkeyErrorShape } from './trpc/error-shape.ts';
export type { AppRouter } from './trpc/router.ts';
