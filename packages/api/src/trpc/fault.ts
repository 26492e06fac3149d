import { HostUnavailable } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { DirectoryRefusal } from '@latchkey/host';
import { NameTaken, RevisionConflict, StoreUnavailable } from '@latchkey/store';
import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { refusalOfDirectory } from './directory-refusal.ts';
import { inputProblems } from './input-problems.ts';

/** What tRPC itself refuses before a procedure runs; every other code of its own is a surprise. */
const ofTrpc: Partial<Record<TRPCError['code'], LatchkeyError['code']>> = {
  PARSE_ERROR: 'BAD_JSON',
  BAD_REQUEST: 'BAD_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  PAYLOAD_TOO_LARGE: 'BODY_TOO_LARGE',
};

/**
 * Whatever was thrown, as one of Latchkey's codes. What isn't foreseen is `INTERNAL`, with the request's id to find it
 * in the log by and the thrown thing itself as its cause, which never leaves the process.
 */
export const faultOf = (thrown: unknown, requestId: string): LatchkeyError => {
  if (thrown instanceof LatchkeyError) return thrown;
  if (thrown instanceof TRPCError) return faultOfTrpc(thrown, requestId);
  // FAIL-CLOSED: an outage is 503, never "not found" and never 401.
  if (thrown instanceof HostUnavailable) return new LatchkeyError('HOST_UNAVAILABLE', {}, thrown);
  if (thrown instanceof StoreUnavailable) return new LatchkeyError('STORE_UNAVAILABLE', {}, thrown);
  if (thrown instanceof NameTaken) return new LatchkeyError('NAME_TAKEN', {}, thrown);
  if (thrown instanceof RevisionConflict) return new LatchkeyError('CONFLICT', {}, thrown);
  if (thrown instanceof DirectoryRefusal) return refusalOfDirectory(thrown);
  return new LatchkeyError('INTERNAL', { incidentId: requestId }, thrown);
};

const faultOfTrpc = (error: TRPCError, requestId: string): LatchkeyError => {
  const { cause } = error;
  // What was refused by one of our codes keeps it: tRPC's own code is only the class that it belongs to.
  if (cause instanceof LatchkeyError) return cause;
  if (error.code === 'BAD_REQUEST' && cause instanceof ZodError) {
    return new LatchkeyError('BAD_INPUT', { problems: inputProblems(cause) }, error);
  }
  const code = ofTrpc[error.code];
  if (code !== undefined) return new LatchkeyError(code, {}, error);
  // tRPC wraps whatever is thrown inside it; an output that doesn't fit its schema is ours to mend, not the caller's.
  if (cause === undefined || cause instanceof ZodError) {
    return new LatchkeyError('INTERNAL', { incidentId: requestId }, error);
  }
  return faultOf(cause, requestId);
};
