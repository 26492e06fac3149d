import { containsToken } from '@latchkey/core/token';
import { fail } from '../failure/cli-failure.ts';

/** Arguments stand in process lists and in the shell's history: one that holds a token is refused. @throws CliFailure */
export const refuseSecretsIn = (args: readonly string[]): void => {
  const place = args.findIndex(containsToken);
  // Its place, never its text: the message ends in logs too.
  if (place >= 0) throw fail('TOKEN_IN_ARGUMENT', { place: place + 1 });
};
