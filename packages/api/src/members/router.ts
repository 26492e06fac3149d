import { membersContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { addMember } from './add.ts';
import { getMember } from './get.ts';
import { listMembers } from './list.ts';
import { previewPolicies } from './preview-policies.ts';
import { previewRemoval } from './preview-removal.ts';
import { removeMember } from './remove.ts';
import { setPolicies } from './set-policies.ts';

const administer = { type: 'permission', permission: 'administer' } as const;

export const membersRouter = trpc.router({
  list: procedure(administer, membersContract.list).query(({ ctx, input }) => listMembers(ctx.deps, ctx.by, input)),
  get: procedure({ type: 'caller' }, membersContract.get).query(({ ctx, input }) => getMember(ctx.deps, ctx.by, input)),
  add: procedure(administer, membersContract.add).mutation(({ ctx, input }) => addMember(ctx.deps, ctx.by, input)),
  previewRemoval: procedure(administer, membersContract.previewRemoval).query(({ ctx, input }) =>
    previewRemoval(ctx.deps, ctx.by, input),
  ),
  remove: procedure(administer, membersContract.remove).mutation(({ ctx, input }) =>
    removeMember(ctx.deps, ctx.by, input),
  ),
  previewPolicies: procedure(administer, membersContract.previewPolicies).mutation(({ ctx, input }) =>
    previewPolicies(ctx.deps, ctx.by, input),
  ),
  setPolicies: procedure(administer, membersContract.setPolicies).mutation(({ ctx, input }) =>
    setPolicies(ctx.deps, ctx.by, input),
  ),
});
