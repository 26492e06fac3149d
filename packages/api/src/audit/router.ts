import { auditContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { listAudit } from './list.ts';

const administer = { type: 'permission', permission: 'administer' } as const;

export const auditRouter = trpc.router({
  list: procedure(administer, auditContract.list).query(({ ctx, input }) => listAudit(ctx.deps, ctx.by, input)),
});
