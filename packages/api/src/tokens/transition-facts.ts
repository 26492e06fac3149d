import { LatchkeyError } from '@latchkey/core/errors';
import { isOwnerRemoved, isRecalled, type TransitionFacts } from '@latchkey/core/lifecycle';
import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';

/** Gate and marks beside the locked row; nothing that they end is started again (TERMINAL). */
export const transitionFacts = async (
  { store }: Pick<ApiDeps, 'store'>,
  { tx }: Pick<Acting, 'tx'>,
  token: TokenRecord,
): Promise<TransitionFacts> => {
  const found = await store.tokens.lookUp(token.tokenId, tx);
  if (found === null) throw new LatchkeyError('NOT_FOUND');
  return {
    // The cascade has written it into the row, which counts even where a host forgets.
    ownerRemoved: token.deactivatedBecause === 'owner_removed' || isOwnerRemoved(token, found),
    recalled: isRecalled(token, found),
  };
};
