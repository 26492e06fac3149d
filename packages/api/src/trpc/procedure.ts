import type { ProcedureContract } from '@latchkey/contract';
import { publicErrorOf } from '@latchkey/core/errors';
import type { z } from 'zod';
import type { Requirement } from '../requirement.ts';
import { checkTexts } from './check-texts.ts';
import { faultOf } from './fault.ts';
import { type CallerFor, judge } from './judge.ts';
import { toTrpcError } from './to-trpc-error.ts';
import { trpc } from './trpc.ts';

type Schemas = Pick<ProcedureContract, 'input' | 'output'>;

/**
 * The only way to make a procedure: with a requirement (DEFAULT-DENY) and with the contract's schemas, so that what
 * comes in is parsed and what goes out keeps the listed fields only (ALLOW-LISTED-OUTPUT).
 */
export const procedure = <const R extends Requirement, S extends Schemas>(requirement: R, schemas: S) =>
  trpc.procedure
    .meta({ requirement })
    .use(async ({ ctx, path, next }) => {
      const result = await next();
      if (result.ok) return result;
      const fault = faultOf(result.error, ctx.call.requestId);
      if (publicErrorOf(fault.code).httpStatus === 403) ctx.deps.deniedCalls?.note(ctx, path);
      if (fault.code === 'INTERNAL') {
        ctx.deps.logger.error({ requestId: ctx.call.requestId, path, err: fault.cause }, 'call failed');
      }
      throw toTrpcError(fault);
    })
    .use(async ({ ctx, next }) => {
      // The compiler can't follow a requirement to the caller that `judge` gives for it; the pairs stand in CallerFor.
      const by = (await judge(ctx, requirement)) as CallerFor<R>;
      return next({ ctx: { by } });
    })
    .input(schemas.input as S['input'] & z.ZodType)
    .use(({ input, next }) => {
      // Verifying is what presented tokens are sent for; everywhere else one in a text would be stored and shown.
      if (requirement.type !== 'verifier') checkTexts(input);
      return next();
    })
    .output(schemas.output as S['output'] & z.ZodType);
