import { settingsContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { getSettings } from './get.ts';
import { updateSettings } from './update.ts';

export const settingsRouter = trpc.router({
  get: procedure({ type: 'caller' }, settingsContract.get).query(({ ctx }) => getSettings(ctx.deps, ctx.by)),
  update: procedure({ type: 'permission', permission: 'administer' }, settingsContract.update).mutation(
    ({ ctx, input }) => updateSettings(ctx.deps, ctx.by, input),
  ),
});
