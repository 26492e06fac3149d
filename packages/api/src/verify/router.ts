import { verifyContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { decideToken } from './decide.ts';
import { verifyToken } from './verify.ts';

const verifier = { type: 'verifier' } as const;

export const verifyRouter = trpc.router({
  verify: procedure(verifier, verifyContract.verify).mutation(({ ctx, input }) => verifyToken(ctx.deps, ctx.by, input)),
  decide: procedure(verifier, verifyContract.decide).mutation(({ ctx, input }) => decideToken(ctx.deps, ctx.by, input)),
});
