import { LatchkeyError } from '@latchkey/core/errors';
import type { Caller } from '../caller.ts';
import type { TokenPrincipal } from '../principal.ts';

/** The token that calls; a session has no secret of a token to act on. */
export const requireToken = ({ principal }: Caller): TokenPrincipal => {
  if (principal.type !== 'token') throw new LatchkeyError('CREDENTIAL_KIND', { expected: 'token' });
  return principal;
};
