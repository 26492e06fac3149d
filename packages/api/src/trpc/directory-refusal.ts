import { type ErrorCode, LatchkeyError } from '@latchkey/core/errors';
import type { DirectoryRefusal, DirectoryRefusalReason } from '@latchkey/host';

const codes = {
  last_owner: 'LAST_OWNER',
  not_found: 'NOT_FOUND',
  member_removed: 'MEMBER_REMOVED',
  email_taken: 'EMAIL_TAKEN',
  name_taken: 'CONFLICT',
  built_in: 'POLICY_BUILT_IN',
  in_use: 'POLICY_IN_USE',
  unknown_reference: 'BAD_INPUT',
  conflict: 'CONFLICT',
} as const satisfies Record<DirectoryRefusalReason, ErrorCode>;

/** The directory's reason as one of our codes. `name` is the one for a taken name: a policy's or a group's. */
export const refusalOfDirectory = (
  refusal: DirectoryRefusal,
  name: 'POLICY_NAME_TAKEN' | 'GROUP_NAME_TAKEN' | 'CONFLICT' = 'CONFLICT',
): LatchkeyError => {
  const code = refusal.reason === 'name_taken' ? name : codes[refusal.reason];
  const details =
    refusal.reason === 'unknown_reference'
      ? { problems: [{ path: '', code: 'unknown_reference', message: 'An id names no policy, group or member here.' }] }
      : {};
  return new LatchkeyError(code, details, refusal);
};
