import { auditContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { exportAudit } from './export.ts';
import { listAudit } from './list.ts';
import { verifyChain } from './verify-chain.ts';

const administer = { type: 'permission', permission: 'administer' } as const;

export const auditRouter = trpc.router({
  export: procedure(administer, auditContract.export).query(({ ctx, input }) => exportAudit(ctx.deps, ctx.by, input)),
  list: procedure(administer, auditContract.list).query(({ ctx, input }) => listAudit(ctx.deps, ctx.by, input)),
  verifyChain: procedure(administer, auditContract.verifyChain).query(({ ctx, input }) =>
    verifyChain(ctx.deps, ctx.by, input),
  ),
});
