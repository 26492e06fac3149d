import { systemContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { health } from './health.ts';

export const systemRouter = trpc.router({
  health: procedure({ type: 'public' }, systemContract.health).query(({ ctx }) => health(ctx.deps)),
});
