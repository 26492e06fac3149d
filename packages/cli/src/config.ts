import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What the environment says. An empty variable is not set. */
export interface Environment {
  readonly url: string | null;
  /** Text of the token that is presented, and of a verifier credential; or the files that hold them. */
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly verifierCredential: string | null;
  readonly verifierCredentialFile: string | null;
  readonly profile: string | null;
  readonly output: string | null;
  readonly lang: string | null;
  /** The machine's locale, by POSIX's order of precedence. */
  readonly locale: string | null;
  readonly allowHttp: boolean;
  /** https://no-color.org: any value that is not empty. A dumb terminal has no colors either. */
  readonly plain: boolean;
  /** Where profiles are kept (XDG Base Directory Specification). */
  readonly configFolder: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the environment once. This file is its only reader in this package. */
export const readEnvironment = (variables: Variables = process.env): Environment => {
  const given = (name: string): string | null => variables[name] || null;
  // The specification: a relative path is to be ignored.
  const xdg = given('XDG_CONFIG_HOME');
  return {
    url: given('LATCHKEY_URL'),
    token: given('LATCHKEY_TOKEN'),
    tokenFile: given('LATCHKEY_TOKEN_FILE'),
    verifierCredential: given('LATCHKEY_VERIFIER_CREDENTIAL'),
    verifierCredentialFile: given('LATCHKEY_VERIFIER_CREDENTIAL_FILE'),
    profile: given('LATCHKEY_PROFILE'),
    output: given('LATCHKEY_OUTPUT'),
    lang: given('LATCHKEY_LANG'),
    locale: given('LC_ALL') ?? given('LC_MESSAGES') ?? given('LANG'),
    allowHttp: given('LATCHKEY_ALLOW_HTTP') === '1',
    plain: given('NO_COLOR') !== null || given('TERM') === 'dumb',
    configFolder: join(xdg !== null && isAbsolute(xdg) ? xdg : join(homedir(), '.config'), 'latchkey'),
  };
};

/** What a command that we start gets to see: all but our credentials. */
export const environmentForChildren = (variables: Variables = process.env): Variables =>
  Object.fromEntries(
    Object.entries(variables).filter(([name]) => name !== 'LATCHKEY_TOKEN' && name !== 'LATCHKEY_VERIFIER_CREDENTIAL'),
  );
