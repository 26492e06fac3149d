import { type ErrorCode, type ErrorDetails, type LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import type { TRPCError, TRPCErrorShape } from '@trpc/server';
import { faultOf } from './fault.ts';

export interface LatchkeyErrorData {
  readonly code: ErrorCode;
  readonly httpStatus: number;
  readonly path?: string;
  readonly details?: ErrorDetails;
}

export interface LatchkeyErrorShape extends TRPCErrorShape<LatchkeyErrorData & object> {
  readonly message: string;
  readonly code: TRPCErrorShape['code'];
  readonly data: LatchkeyErrorData;
}

/**
 * What a refused call answers. ALLOW-LISTED-OUTPUT: code, status, the procedure's path, and of the details what the
 * code's row lists. No stack, no cause, no message that the table doesn't have.
 */
export const errorShape = (options: {
  readonly error: TRPCError;
  readonly path: string | undefined;
  readonly shape: { readonly code: TRPCErrorShape['code'] };
  readonly ctx?: { readonly call: { readonly requestId: string } } | undefined;
}): LatchkeyErrorShape => {
  const fault: LatchkeyError = faultOf(options.error, options.ctx?.call.requestId ?? 'unknown');
  const { httpStatus, message } = publicErrorOf(fault.code);
  return {
    message,
    code: options.shape.code,
    data: {
      code: fault.code,
      httpStatus,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(Object.keys(fault.details).length === 0 ? {} : { details: fault.details }),
    },
  };
};
