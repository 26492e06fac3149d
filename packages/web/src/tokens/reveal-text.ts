/** A line for an environment file. */
export const envLine = (tokenText: string): string => `LATCHKEY_TOKEN=${tokenText}`;

/**
 * A command that asks Latchkey whose token this is. curl reads the header from its input: as an argument it would stand
 * in the list of processes for everybody on the machine. `printf` is a part of the shell and no process.
 */
export const curlCommand = (tokenText: string, origin: string): string =>
  `printf 'Authorization: Bearer %s' '${tokenText}' | curl -sS -H @- '${origin}/trpc/self.whoami'`;
