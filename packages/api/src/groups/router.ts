import { groupsContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { cloneGroup } from './clone.ts';
import { createGroup } from './create.ts';
import { getGroup } from './get.ts';
import { listGroups } from './list.ts';
import { removeGroup } from './remove.ts';
import { updateGroup } from './update.ts';

const administer = { type: 'permission', permission: 'administer' } as const;

export const groupsRouter = trpc.router({
  list: procedure(administer, groupsContract.list).query(({ ctx, input }) => listGroups(ctx.deps, ctx.by, input)),
  get: procedure(administer, groupsContract.get).query(({ ctx, input }) => getGroup(ctx.deps, ctx.by, input)),
  create: procedure(administer, groupsContract.create).mutation(({ ctx, input }) =>
    createGroup(ctx.deps, ctx.by, input),
  ),
  update: procedure(administer, groupsContract.update).mutation(({ ctx, input }) =>
    updateGroup(ctx.deps, ctx.by, input),
  ),
  remove: procedure(administer, groupsContract.remove).mutation(({ ctx, input }) =>
    removeGroup(ctx.deps, ctx.by, input),
  ),
  clone: procedure(administer, groupsContract.clone).mutation(({ ctx, input }) => cloneGroup(ctx.deps, ctx.by, input)),
});
