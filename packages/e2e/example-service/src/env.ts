import { readFileSync } from 'node:fs';

export interface Env {
  readonly port: number;
  readonly host: string;
  readonly latchkeyUrl: string;
  readonly credential: string;
}

/** Reads and checks what the service is started with; throws a sentence that names the variable. */
export const readEnv = (env: NodeJS.ProcessEnv): Env => {
  const port = Number(env['PORT'] ?? '4100');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT is not a port number.');
  const file = env['LATCHKEY_VERIFIER_CREDENTIAL_FILE'];
  const credential = (file ? readFileSync(file, 'utf8') : (env['LATCHKEY_VERIFIER_CREDENTIAL'] ?? '')).trim();
  if (credential === '') {
    throw new Error(
      'Set LATCHKEY_VERIFIER_CREDENTIAL_FILE to a file made by `latchkey-server credential verifier --save FILE`.',
    );
  }
  return {
    port,
    host: env['HOST'] ?? '127.0.0.1',
    latchkeyUrl: env['LATCHKEY_URL'] ?? 'http://127.0.0.1:4000',
    credential,
  };
};
