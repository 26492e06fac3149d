import { type ErrorDetails, LatchkeyError } from '@latchkey/core/errors';
import { TRPCError } from '@trpc/server';

/** What a call was refused with; fails where it was not refused, or with something that isn't ours. */
export const refusal = async (call: Promise<unknown>): Promise<{ code: string; details: ErrorDetails }> => {
  const error = await call.then(
    (value) => {
      throw new Error(`not refused: ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TRPCError) || !(error.cause instanceof LatchkeyError)) throw error;
  return { code: error.cause.code, details: error.cause.details };
};

/** The same of several calls at once. */
export const refusals = (calls: readonly Promise<unknown>[]) => Promise.all(calls.map(refusal));
