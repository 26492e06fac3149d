import { tokenIdOf } from '@latchkey/core/token';
import { fail } from '../failure/cli-failure.ts';

/**
 * The token that is meant: by its id, by a token's text whose secret was redacted, or by `self`, the one that is used.
 * @throws CliFailure
 */
export const parseTokenIdArgument = (text: string, ownTokenId: string): string => {
  if (text === 'self') return ownTokenId;
  const tokenId = tokenIdOf(text);
  if (tokenId === null) throw fail('TOKEN_ID_INVALID', { text });
  return tokenId;
};
