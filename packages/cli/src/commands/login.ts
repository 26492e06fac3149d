import { createLatchkeyClient } from '@latchkey/client';
import { selfContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { parseAddress } from '../api/address.ts';
import { answerOf } from '../api/answer.ts';
import { connectWith } from '../api/connect.ts';
import { parseCredential } from '../api/credential.ts';
import { fail } from '../failure/cli-failure.ts';
import type { Profile } from '../profile/profile.ts';
import { prepareProfile } from '../profile/profile-file.ts';
import { readSecret } from '../secret/read-secret.ts';
import { describe, type Kit, type Work } from './kit.ts';

interface LoginOptions {
  readonly file?: string;
}

export const describeLogin = (program: Command, kit: Kit): void => {
  describe(program, 'login', kit, {
    help: 'help.login',
    examples: [
      'latchkey login --url https://latchkey.example.com',
      'latchkey login --url https://latchkey.example.com --file token.txt',
      'pass show latchkey | latchkey login --url https://latchkey.example.com --profile ci',
    ],
  })
    .option('--file <file>', kit.say('help.login.file'))
    .action(async (options: LoginOptions) => login(await kit.begin(), options));
};

/** Takes a token or a verifier credential, asks the API whether it is good, and keeps it in the profile. */
const login = async (work: Work, { file }: LoginOptions): Promise<void> => {
  const { world, settings, desk, say } = work;
  const path = settings.profilePath();
  const before = await settings.profile();
  const wanted = settings.flagUrl ?? before?.url;
  if (wanted === undefined) throw fail('URL_MISSING');
  const url = parseAddress(wanted, settings.allowHttp);
  const text = await readSecret(world, desk, { file, prompt: say('prompt.token') });
  const credential = parseCredential(text);
  const who = await (credential.kind === 'system' ? whoVerifies : whoIs)(work, url, text);
  // What was kept for another address stays behind: no credential goes anywhere that it was not kept for.
  const same = before?.url.replace(/\/+$/, '') === url ? before : null;
  const profile: Profile = {
    ...same,
    url,
    [credential.kind === 'system' ? 'verifierCredential' : 'token']: text,
  };
  const prepared = await prepareProfile(path);
  await prepared.write(`${JSON.stringify(profile, null, 2)}\n`);
  await desk.notice(say('loggedIn', { who, url, profile: settings.profileName }));
};

const whoIs = async ({ world, say }: Work, url: string, token: string): Promise<string> => {
  const who = await answerOf(selfContract.whoami.output, connectWith(world, url, token).self.whoami.query());
  const name = who.type === 'token' ? who.token.name : who.member.name;
  return say('nameOfOrganization', { name, organization: who.organization.name });
};

/** A verifier credential belongs to no organization: that it may verify is all there is to ask. */
const whoVerifies = async (_work: Work, url: string, credential: string): Promise<string> => {
  const parsed = parseCredential(credential);
  await createLatchkeyClient({ url, credential }).verify('');
  return parsed.tokenId;
};
