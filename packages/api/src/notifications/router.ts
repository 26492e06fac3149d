import { notificationsContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { listNotifications } from './list.ts';
import { markRead } from './mark-read.ts';

export const notificationsRouter = trpc.router({
  list: procedure({ type: 'caller' }, notificationsContract.list).query(({ ctx, input }) =>
    listNotifications(ctx.deps, ctx.by, input),
  ),
  markRead: procedure({ type: 'caller' }, notificationsContract.markRead).mutation(({ ctx, input }) =>
    markRead(ctx.deps, ctx.by, input),
  ),
});
