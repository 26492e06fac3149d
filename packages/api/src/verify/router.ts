import { verifyContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { streamed } from '../trpc/streamed.ts';
import { trpc } from '../trpc/trpc.ts';
import { decideToken } from './decide.ts';
import { lookUpTokens } from './look-up.ts';
import { pollForSibling } from './poll.ts';
import { wakeSibling } from './subscribe.ts';
import { verifyToken } from './verify.ts';

const verifier = { type: 'verifier' } as const;

export const verifyRouter = trpc.router({
  verify: procedure(verifier, verifyContract.verify).mutation(({ ctx, input }) => verifyToken(ctx.deps, ctx.by, input)),
  lookUp: procedure(verifier, verifyContract.lookUp).mutation(({ ctx, input }) =>
    lookUpTokens(ctx.deps, ctx.by, input),
  ),
  poll: procedure(verifier, verifyContract.poll).mutation(({ ctx, input, signal }) =>
    pollForSibling(ctx.deps, ctx.by, input, signal),
  ),
  subscribe: procedure(verifier, streamed(verifyContract.subscribe)).subscription(({ ctx, signal }) =>
    wakeSibling(ctx.deps, ctx.by, signal),
  ),
  decide: procedure(verifier, verifyContract.decide).mutation(({ ctx, input }) => decideToken(ctx.deps, ctx.by, input)),
});
