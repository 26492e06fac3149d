import { selfContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { effectivePermissions } from './effective-permissions.ts';
import { revokeSelf } from './revoke.ts';
import { rotateSelf } from './rotate.ts';
import { signOut } from './sign-out.ts';
import { whoami } from './whoami.ts';

const caller = { type: 'caller' } as const;

export const selfRouter = trpc.router({
  whoami: procedure(caller, selfContract.whoami).query(({ ctx }) => whoami(ctx.deps, ctx.by)),
  // Which token it is was proved at the door: none but itself can be named here.
  rotate: procedure(caller, selfContract.rotate).mutation(({ ctx, input }) => rotateSelf(ctx.deps, ctx.by, input)),
  revoke: procedure(caller, selfContract.revoke).mutation(({ ctx, input }) => revokeSelf(ctx.deps, ctx.by, input)),
  effectivePermissions: procedure(caller, selfContract.effectivePermissions).query(({ ctx }) =>
    effectivePermissions(ctx.deps, ctx.by),
  ),
  signOut: procedure(caller, selfContract.signOut).mutation(({ ctx }) => signOut(ctx.deps, ctx.by, ctx.clearSession)),
});
