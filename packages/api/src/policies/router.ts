import { policiesContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { clonePolicy } from './clone.ts';
import { createPolicy } from './create.ts';
import { getPolicy } from './get.ts';
import { listPolicies } from './list.ts';
import { previewPolicyUpdate } from './preview-update.ts';
import { removePolicy } from './remove.ts';
import { updatePolicy } from './update.ts';

const administer = { type: 'permission', permission: 'administer' } as const;

export const policiesRouter = trpc.router({
  list: procedure(administer, policiesContract.list).query(({ ctx, input }) => listPolicies(ctx.deps, ctx.by, input)),
  get: procedure(administer, policiesContract.get).query(({ ctx, input }) => getPolicy(ctx.deps, ctx.by, input)),
  create: procedure(administer, policiesContract.create).mutation(({ ctx, input }) =>
    createPolicy(ctx.deps, ctx.by, input),
  ),
  update: procedure(administer, policiesContract.update).mutation(({ ctx, input }) =>
    updatePolicy(ctx.deps, ctx.by, input),
  ),
  previewUpdate: procedure(administer, policiesContract.previewUpdate).mutation(({ ctx, input }) =>
    previewPolicyUpdate(ctx.deps, ctx.by, input),
  ),
  remove: procedure(administer, policiesContract.remove).mutation(({ ctx, input }) =>
    removePolicy(ctx.deps, ctx.by, input),
  ),
  clone: procedure(administer, policiesContract.clone).mutation(({ ctx, input }) =>
    clonePolicy(ctx.deps, ctx.by, input),
  ),
});
