import { createApi, createLatchkeyClient, type LatchkeyApi, type Verify } from '@latchkey/client';
import { fail } from '../failure/cli-failure.ts';
import type { Profile } from '../profile/profile.ts';
import { readSecretFile, withoutLineEnd } from '../secret/read-secret.ts';
import type { Settings } from '../settings.ts';
import type { World } from '../world.ts';
import { parseAddress } from './address.ts';
import { parseCredential } from './credential.ts';

/** Long enough for a call that waits until every verifier has heard of it. */
const TIMEOUT_MS = 30_000;

export interface Connection {
  readonly api: LatchkeyApi;
  /** Public part of the token that is presented. */
  readonly tokenId: string;
  readonly credential: string;
}

type Need = 'token' | 'verifierCredential';

/** The API with the token of environment or profile, or with `held`, which wins over both. @throws CliFailure */
export const connect = async (world: World, settings: Settings, held: string | null = null): Promise<Connection> => {
  const { url, credential } = await access(settings, 'token', held);
  return { api: connectWith(world, url, credential), tokenId: parseCredential(credential).tokenId, credential };
};

/** Verification with the verifier credential of environment or profile. @throws CliFailure */
export const connectVerifier = async (world: World, settings: Settings): Promise<Verify> => {
  const { url, credential } = await access(settings, 'verifierCredential');
  return connectVerifierWith(world, url, credential);
};

export const connectVerifierWith = (world: World, url: string, credential: string): Verify =>
  createLatchkeyClient({ url, credential, timeoutMs: TIMEOUT_MS, fetch: signed(world), cache: false }).verify;

export const connectWith = (world: World, url: string, credential: string): LatchkeyApi =>
  createApi({ url, credential, timeoutMs: TIMEOUT_MS, fetch: signed(world) });

/** By whom a token was used is recorded: the CLI says its name. */
const signed =
  ({ version }: World): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('user-agent', `latchkey-cli/${version}`);
    return fetch(input, { ...init, headers });
  };

const access = async (
  settings: Settings,
  need: Need,
  held: string | null = null,
): Promise<{ readonly url: string; readonly credential: string }> => {
  const { environment, flagUrl, allowHttp } = settings;
  const given = held ?? (await givenCredential(environment, need));
  // With both given nothing of the profile matters, not even that it can be read.
  const profile = given !== null && flagUrl !== null ? null : await settings.profile();
  const wanted = flagUrl ?? profile?.url;
  if (wanted === undefined) throw fail('URL_MISSING');
  const url = parseAddress(wanted, allowHttp);
  const credential = given ?? keptCredential(profile, need, url);
  if (credential === undefined) throw fail(need === 'token' ? 'TOKEN_MISSING' : 'VERIFIER_CREDENTIAL_MISSING');
  parseCredential(credential);
  return { url, credential };
};

const givenCredential = async (environment: World['environment'], need: Need): Promise<string | null> => {
  const [text, file] =
    need === 'token'
      ? [environment.token, environment.tokenFile]
      : [environment.verifierCredential, environment.verifierCredentialFile];
  if (text !== null) return withoutLineEnd(text);
  return file === null ? null : readSecretFile(file);
};

/** A kept credential goes where it was kept for: an address from elsewhere must not draw it out. */
const keptCredential = (profile: Profile | null, need: Need, url: string): string | undefined => {
  const kept = profile?.[need];
  if (profile === null || kept === undefined) return undefined;
  if (profile.url.replace(/\/+$/, '') !== url) throw fail('TOKEN_OF_ANOTHER_URL', { url: profile.url });
  return kept;
};
