/** What the tool is started with. The only reader of the environment in this package. */
export interface Config {
  /** Where Latchkey is mounted. */
  readonly url: string;
  /** The token that the tool presents. Never a flag: arguments stand in process lists and histories. */
  readonly token: string;
}

export class ConfigMissing extends Error {
  override readonly name = 'ConfigMissing';
}

/** Flags win over the environment. @throws ConfigMissing with a sentence that says what to set. */
export const readConfig = (
  flags: { readonly url?: string | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Config => {
  const url = flags.url ?? env['LATCHKEY_URL'];
  const token = env['LATCHKEY_TOKEN']?.trim();
  if (!url) throw new ConfigMissing('Say where Latchkey is: --url URL, or set LATCHKEY_URL.');
  if (!token) throw new ConfigMissing('Set LATCHKEY_TOKEN to your access token.');
  return { url, token };
};
