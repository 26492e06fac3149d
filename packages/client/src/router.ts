import type { Contract, Input, Output, ProcedureName, RouterName } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/core/errors';
import type {
  TRPCBuiltRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';

/** What a refused call carries beside tRPC's own fields; `code` is Latchkey's, stable and from one closed list. */
export interface LatchkeyErrorShape {
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly code: ErrorCode;
    readonly httpStatus: number;
    readonly path?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

type ProcedureOf<
  Router extends RouterName,
  Procedure extends ProcedureName<Router>,
> = Contract[Router][Procedure] extends {
  readonly type: 'query';
}
  ? TRPCQueryProcedure<{ input: Input<Router, Procedure>; output: Output<Router, Procedure>; meta: unknown }>
  : Contract[Router][Procedure] extends { readonly type: 'subscription' }
    ? TRPCSubscriptionProcedure<{
        input: Input<Router, Procedure>;
        output: AsyncIterable<Output<Router, Procedure>, void, undefined>;
        meta: unknown;
      }>
    : TRPCMutationProcedure<{ input: Input<Router, Procedure>; output: Output<Router, Procedure>; meta: unknown }>;

/**
 * The router's type, made from the contract instead of the server's code: typing a call brings nothing of the server.
 * That the server's router is this one is checked where both are at hand (`test/router.test-d.ts`).
 */
export type LatchkeyRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: LatchkeyErrorShape; transformer: false },
  {
    [Router in RouterName]: {
      [Procedure in ProcedureName<Router>]: ProcedureOf<Router, Procedure>;
    };
  }
>;
