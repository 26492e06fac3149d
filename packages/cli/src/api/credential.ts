import { type ParsedToken, parseToken } from '@latchkey/core/token';
import { fail } from '../failure/cli-failure.ts';

/**
 * A text that may be presented: its shape and its checksum are right, whatever the prefix. It goes into a header; another
 * text would be refused there with a message that quotes it. @throws CliFailure
 */
export const parseCredential = (text: string): ParsedToken => {
  const [prefix = ''] = text.split('_', 1);
  const parsed = parseToken(text, { prefixes: [prefix] });
  if (!parsed.ok) throw fail('TOKEN_MALFORMED');
  return parsed;
};
