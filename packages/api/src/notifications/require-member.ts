import { LatchkeyError } from '@latchkey/core/errors';
import type { Caller } from '../caller.ts';

/** NO-SELF-HELP: notifications name tokens, and a token lists none beyond what it was given; a member reads its own. */
export const requireMember = ({
  principal,
}: Caller): { readonly organizationId: string; readonly memberId: string } => {
  if (principal.type !== 'member') throw new LatchkeyError('CREDENTIAL_KIND', { expected: 'member' });
  return { organizationId: principal.organizationId, memberId: principal.member.memberId };
};
