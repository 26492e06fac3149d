import { tokensContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { activateToken } from './activate.ts';
import { stopInBulk } from './bulk.ts';
import { changePermissions } from './change-permissions.ts';
import { cloneToken } from './clone.ts';
import { cutGracePeriod } from './cut-grace-period.ts';
import { deactivateToken } from './deactivate.ts';
import { describeToken } from './describe.ts';
import { extendToken } from './extend.ts';
import { getToken } from './get.ts';
import { handOverToken } from './hand-over.ts';
import { isNameTaken } from './is-name-taken.ts';
import { issueToken } from './issue.ts';
import { listTokens } from './list.ts';
import { locateToken } from './locate.ts';
import { renameToken } from './rename.ts';
import { revokeToken } from './revoke.ts';
import { rotateToken } from './rotate.ts';

const caller = { type: 'caller' } as const;
const manage = { type: 'manage-tokens' } as const;

export const tokensRouter = trpc.router({
  issue: procedure(manage, tokensContract.issue).mutation(({ ctx, input }) => issueToken(ctx.deps, ctx.by, input)),
  clone: procedure(manage, tokensContract.clone).mutation(({ ctx, input }) => cloneToken(ctx.deps, ctx.by, input)),
  list: procedure(caller, tokensContract.list).query(({ ctx, input }) => listTokens(ctx.deps, ctx.by, input)),
  get: procedure(caller, tokensContract.get).query(({ ctx, input }) => getToken(ctx.deps, ctx.by, input)),
  locate: procedure(caller, tokensContract.locate).query(({ ctx, input }) => locateToken(ctx.deps, ctx.by, input)),
  isNameTaken: procedure(manage, tokensContract.isNameTaken).query(({ ctx, input }) =>
    isNameTaken(ctx.deps, ctx.by, input),
  ),
  rename: procedure(manage, tokensContract.rename).mutation(({ ctx, input }) => renameToken(ctx.deps, ctx.by, input)),
  describe: procedure(manage, tokensContract.describe).mutation(({ ctx, input }) =>
    describeToken(ctx.deps, ctx.by, input),
  ),
  changePermissions: procedure(manage, tokensContract.changePermissions).mutation(({ ctx, input }) =>
    changePermissions(ctx.deps, ctx.by, input),
  ),
  extend: procedure(manage, tokensContract.extend).mutation(({ ctx, input }) => extendToken(ctx.deps, ctx.by, input)),
  activate: procedure(manage, tokensContract.activate).mutation(({ ctx, input }) =>
    activateToken(ctx.deps, ctx.by, input),
  ),
  deactivate: procedure(manage, tokensContract.deactivate).mutation(({ ctx, input }) =>
    deactivateToken(ctx.deps, ctx.by, input),
  ),
  revoke: procedure(manage, tokensContract.revoke).mutation(({ ctx, input }) => revokeToken(ctx.deps, ctx.by, input)),
  rotate: procedure(manage, tokensContract.rotate).mutation(({ ctx, input }) => rotateToken(ctx.deps, ctx.by, input)),
  handOver: procedure(manage, tokensContract.handOver).mutation(({ ctx, input }) =>
    handOverToken(ctx.deps, ctx.by, input),
  ),
  bulk: procedure(manage, tokensContract.bulk).mutation(({ ctx, input }) => stopInBulk(ctx.deps, ctx.by, input)),
  cutGracePeriod: procedure(manage, tokensContract.cutGracePeriod).mutation(({ ctx, input }) =>
    cutGracePeriod(ctx.deps, ctx.by, input),
  ),
});
