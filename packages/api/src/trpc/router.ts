import { selfRouter } from '../self/router.ts';
import { systemRouter } from '../system/router.ts';
import { tokensRouter } from '../tokens/router.ts';
import { verifyRouter } from '../verify/router.ts';
import { trpc } from './trpc.ts';

export const appRouter = trpc.router({
  self: selfRouter,
  system: systemRouter,
  tokens: tokensRouter,
  verify: verifyRouter,
});

/** What `@latchkey/client` types its calls with. */
export type AppRouter = typeof appRouter;
