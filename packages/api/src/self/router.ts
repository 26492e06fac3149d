import { selfContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { signOut } from './sign-out.ts';
import { whoami } from './whoami.ts';

const caller = { type: 'caller' } as const;

export const selfRouter = trpc.router({
  whoami: procedure(caller, selfContract.whoami).query(({ ctx }) => whoami(ctx.deps, ctx.by)),
  signOut: procedure(caller, selfContract.signOut).mutation(({ ctx }) => signOut(ctx.deps, ctx.by, ctx.clearSession)),
});
