import { initTRPC } from '@trpc/server';
import type { ApiContext } from '../context.ts';
import type { Requirement } from '../requirement.ts';
import { errorShape } from './error-shape.ts';

/** What stands on every procedure: the requirement that a walk over the router reads (DEFAULT-DENY). */
export interface ProcedureMeta {
  readonly requirement: Requirement;
}

export const trpc = initTRPC
  .context<ApiContext>()
  .meta<ProcedureMeta>()
  // Without `isDev: false` tRPC decides by an environment variable whether stacks are told.
  .create({ isDev: false, errorFormatter: errorShape });
