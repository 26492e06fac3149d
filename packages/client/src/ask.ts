import { TRPCClientError } from '@trpc/client';
import { LatchkeyUnavailable, VerifierCredentialRefused } from './unavailable.ts';

/** FAIL-CLOSED: whatever goes wrong with a question, nothing is known of the token. @throws LatchkeyUnavailable */
export const askLatchkey = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await call();
  } catch (error) {
    const status = error instanceof TRPCClientError ? error.data?.httpStatus : undefined;
    if (status === 401 || status === 403) {
      throw new VerifierCredentialRefused('Latchkey refused the credential of this service.', { cause: error });
    }
    throw new LatchkeyUnavailable('Latchkey could not be asked.', { cause: error });
  }
};
