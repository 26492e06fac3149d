import { systemContract } from '@latchkey/contract';
import { procedure } from '../trpc/procedure.ts';
import { trpc } from '../trpc/trpc.ts';
import { awaitSettled } from './await-settled.ts';
import { listCapturedMail } from './captured-mail.ts';
import { describeDemo } from './demo.ts';
import { declareEmergency } from './emergency.ts';
import { declareEmergencyOfInstallation } from './emergency-of-installation.ts';
import { health } from './health.ts';
import { listVerifiers } from './verifiers.ts';

export const systemRouter = trpc.router({
  verifiers: procedure({ type: 'permission', permission: 'administer' }, systemContract.verifiers).query(({ ctx }) =>
    listVerifiers(ctx.deps, ctx.by),
  ),
  capturedMail: procedure({ type: 'permission', permission: 'administer' }, systemContract.capturedMail).query(
    ({ ctx }) => listCapturedMail(ctx.deps, ctx.by),
  ),
  emergency: procedure({ type: 'permission', permission: 'administer' }, systemContract.emergency).mutation(
    ({ ctx, input }) => declareEmergency(ctx.deps, ctx.by, input),
  ),
  emergencyOfInstallation: procedure({ type: 'operator' }, systemContract.emergencyOfInstallation).mutation(
    ({ ctx, input }) => declareEmergencyOfInstallation(ctx.deps, ctx.by, input),
  ),
  awaitSettled: procedure({ type: 'caller' }, systemContract.awaitSettled).query(({ ctx, input }) =>
    awaitSettled(ctx.deps, ctx.by, input),
  ),
  demo: procedure({ type: 'public' }, systemContract.demo).query(({ ctx }) => describeDemo(ctx.deps)),
  health: procedure({ type: 'public' }, systemContract.health).query(({ ctx }) => health(ctx.deps)),
});
