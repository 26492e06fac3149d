import { LatchkeyError } from '@latchkey/core/errors';
import type { TokenRecord } from '@latchkey/store';

/** A tombstone is kept as it was (TERMINAL), and nobody writes over what somebody else has written meanwhile. */
export const requireEditable = (token: Pick<TokenRecord, 'state' | 'revision'>, revision: number | undefined): void => {
  if (token.state === 'revoked') throw new LatchkeyError('TOKEN_REVOKED');
  if (revision !== undefined && revision !== token.revision) {
    throw new LatchkeyError('CONFLICT', { revision: token.revision });
  }
};
