import { categoryOf, type LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import { TRPCError } from '@trpc/server';

/** For tRPC, which takes the HTTP status from its own code. The message is the public one: it may be shown. */
export const toTrpcError = (fault: LatchkeyError): TRPCError =>
  new TRPCError({ code: categoryOf(fault.code), message: publicErrorOf(fault.code).message, cause: fault });
