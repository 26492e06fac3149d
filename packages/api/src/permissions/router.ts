import { permissionsContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { readCatalogue } from './catalogue.ts';
import { decideOwn } from './decide.ts';
import { diffOf } from './diff.ts';
import { explainPermissions } from './explain.ts';
import { myPermissions } from './mine.ts';
import { previewPermissions } from './preview.ts';
import { suggestPermissionsFor } from './suggest.ts';
import { listTemplates } from './templates.ts';

const caller = { type: 'caller' } as const;
const manage = { type: 'manage-tokens' } as const;

export const permissionsRouter = trpc.router({
  catalogue: procedure(caller, permissionsContract.catalogue).query(({ ctx }) => readCatalogue(ctx.deps, ctx.by)),
  templates: procedure(caller, permissionsContract.templates).query(({ ctx, input }) =>
    listTemplates(ctx.deps, ctx.by, input),
  ),
  mine: procedure(caller, permissionsContract.mine).query(({ ctx }) => myPermissions(ctx.deps, ctx.by)),
  decide: procedure(caller, permissionsContract.decide).mutation(({ ctx, input }) => decideOwn(ctx.by, input)),
  diff: procedure(caller, permissionsContract.diff).mutation(({ ctx, input }) => diffOf(ctx.deps, ctx.by, input)),
  explain: procedure(caller, permissionsContract.explain).mutation(({ ctx, input }) =>
    explainPermissions(ctx.deps, ctx.by, input),
  ),
  suggest: procedure(manage, permissionsContract.suggest).query(({ ctx, input }) =>
    suggestPermissionsFor(ctx.deps, ctx.by, input),
  ),
  preview: procedure(caller, permissionsContract.preview).mutation(({ ctx, input }) =>
    previewPermissions(ctx.deps, ctx.by, input),
  ),
});
